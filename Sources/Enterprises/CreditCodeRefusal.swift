public import Diagnostics

/// Why a text is no unified social credit code.
public enum CreditCodeRefusal: Error, Hashable, Sendable {
  case empty
  /// Not 18 characters.
  case length(Int)
  /// A 15-digit registration number from before October 2015 whose own check digit holds.
  case oldRegistrationNumber
  /// A spreadsheet turned the code into a number.
  case mangledNumber
  /// A character outside the alphabet of 31; positions count from 1.
  case character(Character, position: Int)
  /// Characters 3 to 8 are the area and must be digits.
  case areaNotDigits(position: Int)
  case checkCharacter(expected: Character, found: Character)

  /// The reason for the reject file: the same text for the same defect, without the offending value.
  public var reason: String {
    switch self {
    case .empty: "no credit code"
    case .length: "credit code does not have 18 characters"
    case .oldRegistrationNumber: "15-digit registration number from before 2015 instead of a credit code"
    case .mangledNumber: "credit code was turned into a number by a spreadsheet"
    case .character(let character, _) where "IOSVZ".contains(character):
      "credit code contains I, O, S, V or Z, which GB 32100 leaves out"
    case .character: "credit code contains a character that is neither letter nor digit"
    case .areaNotDigits: "characters 3 to 8 of the credit code are not digits"
    case .checkCharacter: "credit code fails its check character"
    }
  }
}

extension CreditCodeRefusal: Diagnosable {
  /// ``reason`` with the characters and positions that show it.
  public var problem: String {
    switch self {
    case .length(let count): "\(reason) but \(count)"
    case .character(let character, let position): "\(reason): \"\(character)\" at position \(position)"
    case .areaNotDigits(let position): "\(reason) (position \(position))"
    case .checkCharacter(let expected, let found):
      "\(reason): it ends in \(found), but \(expected) follows from the rest"
    default: reason
    }
  }

  /// What to look up or correct; guesses no code.
  public var remedy: String {
    switch self {
    case .empty: "leave the meter without a code if nobody is registered, or fill in the code"
    case .length: "look the 18-character code up in the public register"
    case .oldRegistrationNumber: "look up the credit code that replaced the number"
    case .mangledNumber: "format the column as text before saving the table"
    case .character: "compare the code with the licence: 1 is often read as I, 0 as O, 2 as Z, 5 as S"
    case .areaNotDigits, .checkCharacter: "compare the code with the licence, character by character"
    }
  }

  /// Always bad data: the code comes from a file.
  public var exitStatus: ExitStatus { .data }
}
