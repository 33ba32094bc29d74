public import Diagnostics

/// A pollutant discharge permit number of 22 characters (排污许可证编码, HJ 608-2017): a unit, a site and an identifier.
///
/// 18 characters of the unit, three digits of its site, one identifier. The unit is a credit code, or, for one without
/// it, an assigned code that begins with H9. The identifier is not verified: the trial text of 2016 calls it a check
/// character, the standard an identifier, and permits in force end in many letters.
public struct PermitCode: Hashable, Sendable, CustomStringConvertible {
  /// Upper case, half width; the last character of an assigned unit code keeps its lower case.
  public let text: String
  /// `nil` for a unit without one, whose code begins with H9.
  public let creditCode: CreditCode?
  /// From 1; another site of the same unit has another number.
  public let siteNumber: Int
  /// A to Z or a digit.
  public let identifier: Character

  /// Normalises and checks what a register says: full-width characters and white space are accepted.
  ///
  /// - Throws: Why it is no permit number.
  public init(_ raw: some StringProtocol) throws(PermitCodeRefusal) {
    var bytes: [UInt8] = []
    for scalar in raw.unicodeScalars {
      var code = scalar.value
      if (0xFF01...0xFF5E).contains(code) { code -= 0xFEE0 }  // full-width forms
      if scalar.properties.isWhitespace || code == 0xFEFF || code == 0x200B { continue }
      guard code < 128 else { throw .otherForm }
      bytes.append(UInt8(code))
    }
    guard !bytes.isEmpty else { throw .empty }
    func isLetterOrDigit(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    guard bytes.allSatisfy(isLetterOrDigit) else { throw .otherForm }
    guard bytes.count == 22 else { throw bytes.count >= 18 ? .length(bytes.count) : .otherForm }
    func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }
    let site = bytes[18..<21]
    guard site.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .site }
    siteNumber = site.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard siteNumber > 0 else { throw .site }
    let last = upper(bytes[21])
    identifier = Character(Unicode.Scalar(last))
    let unit: [UInt8]
    if upper(bytes[0]) == 0x48, bytes[1] == 0x39 {  // H9: assigned to a unit without a credit code
      guard bytes[2..<8].allSatisfy({ (0x30...0x39).contains($0) }) else { throw .assignedUnit }
      creditCode = nil
      unit = bytes[..<17].map(upper) + [bytes[17]]
    } else {
      do {
        let code = try CreditCode(String(decoding: bytes[..<18], as: UTF8.self))
        creditCode = code
        unit = Array(code.text.utf8)
      } catch { throw .unit(error) }
    }
    text = String(decoding: unit + site + [last], as: UTF8.self)
  }

  public var description: String { text }
}

/// Why a text is no permit number of HJ 608.
public enum PermitCodeRefusal: Error, Hashable, Sendable {
  case empty
  /// Neither letters and digits only nor near 22 characters: a local number of before HJ 608, or no number at all.
  case otherForm
  /// Letters and digits, but not 22.
  case length(Int)
  /// Characters 19 to 21 are the site and must be digits from 001.
  case site
  /// Characters 3 to 8 after H9 are the area and must be digits.
  case assignedUnit
  /// The first 18 characters are no credit code.
  case unit(CreditCodeRefusal)

  /// The same text for the same defect, without the offending value.
  public var reason: String {
    switch self {
    case .empty: "no permit number"
    case .otherForm: "permit number is not of the form of HJ 608 (22 letters and digits)"
    case .length: "permit number does not have 22 characters"
    case .site: "characters 19 to 21 of the permit number are not a site number from 001"
    case .assignedUnit: "permit number begins with H9 but has no area code behind it"
    case .unit(let refusal): "permit number does not begin with a credit code: \(refusal.reason)"
    }
  }
}

extension PermitCodeRefusal: Diagnosable {
  /// ``reason``, with the length found where that is what is wrong.
  public var problem: String {
    if case .length(let count) = self { return "\(reason) but \(count)" }
    return reason
  }

  /// Where to look the number up, or what to compare it with.
  public var remedy: String {
    switch self {
    case .empty: "leave the field empty only for firms that need no permit"
    case .otherForm:
      "look the 22-character number up on the national permit platform; local numbers of before 2018 are void"
    case .length, .site, .assignedUnit, .unit: "compare the number with the permit, character by character"
    }
  }

  /// Always bad data: the number comes from a register.
  public var exitStatus: ExitStatus { .data }
}

/// A facility code of HJ 608 inside a permit, such as DA001: an outlet, a treatment or a production facility.
public struct FacilityCode: Hashable, Sendable, CustomStringConvertible {
  /// What the letters stand for.
  public enum Kind: String, CaseIterable, Sendable {
    case airOutlet = "DA"
    case waterOutlet = "DW"
    case treatment = "TA"
    case waterTreatment = "TW"
    case production = "MF"
  }

  /// By the two letters the code begins with.
  public let kind: Kind
  /// From 1.
  public let number: Int

  /// Reads `DA001`, `TA012` or `MF0001`, in any case.
  ///
  /// - Returns: `nil` for other letters or another number of digits: three, four for production.
  public init?(_ text: some StringProtocol) {
    let upper = text.uppercased()
    guard let kind = Kind(rawValue: String(upper.prefix(2))) else { return nil }
    let digits = upper.dropFirst(2).utf8
    guard digits.count == (kind == .production ? 4 : 3), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard number > 0 else { return nil }
    self.kind = kind
  }

  public var description: String {
    let digits = String(number)
    return kind.rawValue + String(repeating: "0", count: (kind == .production ? 4 : 3) - digits.count) + digits
  }
}
