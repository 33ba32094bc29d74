public import Quantities

/// Somebody with an enforcement certificate (执法证), under a pseudonym: the draw needs rules, not names.
public struct Inspector: Hashable, Sendable {
  /// Pseudonym as in the inspector file.
  public let id: String
  /// Name or code of the city (地级市) where the inspector lives or serves; no visits there.
  public let homeCity: CityName
  /// First and last day on which the certificate is valid.
  public let certifiedFrom: LocalDay
  /// That day included.
  public let certifiedUntil: LocalDay
  /// Ascending, without repeats.
  public let specialities: [String]
  /// Targets, credit codes and county codes that the inspector must keep away from (回避), ascending.
  public let conflicts: [String]
  /// Most targets on one day, at least 1.
  public let maximumPerDay: Int

  public init(
    id: String, homeCity: CityName, certifiedFrom: LocalDay, certifiedUntil: LocalDay, specialities: [String] = [],
    conflicts: [String] = [], maximumPerDay: Int
  ) {
    precondition(maximumPerDay >= 1, "an inspector visits at least one target a day")
    self.id = id
    self.homeCity = homeCity
    self.certifiedFrom = certifiedFrom
    self.certifiedUntil = certifiedUntil
    self.specialities = Set(specialities).sorted()
    self.conflicts = Set(conflicts).sorted()
    self.maximumPerDay = maximumPerDay
  }

  /// Both ends of the certificate included.
  public func isCertified(on day: LocalDay) -> Bool { certifiedFrom <= day && day <= certifiedUntil }
}

/// A city as files name it: by GB/T 2260 code or by name. A code and a name cannot be compared.
public enum CityName: Hashable, Sendable, CustomStringConvertible {
  /// The four digits that all counties of a city share; municipalities have two (`11`, `12`, `31`, `50`).
  case code(String)
  /// Without the ending 市.
  case name(String)

  /// - Returns: `nil` for an empty text. Two, four or six digits are a code, anything else is a name.
  public init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), [2, 4, 6].contains(text.utf8.count) {
      // In the municipalities the third and fourth digit tell districts from counties, not cities.
      let isMunicipality = ["11", "12", "31", "50"].contains(text.prefix(2))
      self = .code(String(text.prefix(isMunicipality ? 2 : 4)))
    } else {
      self = .name(text.hasSuffix("市") && text.count > 1 ? String(text.dropLast()) : text)
    }
  }

  public var description: String {
    switch self {
    case .code(let code): code
    case .name(let name): name
    }
  }
}
