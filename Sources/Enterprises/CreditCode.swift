/// A unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters, check character verified.
///
/// One character for the registering department, one for the class, six digits for the area of the *registration*
/// authority (not of the plant), nine of subject code (GB 11714) and one check character.
public struct CreditCode: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Upper case, half width, 18 characters.
  public let text: String

  /// Normalises and verifies what a file says: full-width characters, lower case and white space are accepted.
  ///
  /// - Throws: Why it is no credit code.
  public init(_ raw: some StringProtocol) throws(CreditCodeRefusal) {
    let bytes = try CreditCode.normalised(raw)
    let expected = CreditCode.checkByte(of: bytes[..<17])
    guard bytes[17] == expected else {
      throw .checkCharacter(
        expected: Character(Unicode.Scalar(expected)), found: Character(Unicode.Scalar(bytes[17])))
    }
    text = String(decoding: bytes, as: UTF8.self)
  }

  private init(verified bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

  /// Builds a code with right check characters, for synthetic registers.
  ///
  /// - Parameters:
  ///   - department: Registering department; 9 is industry and commerce.
  ///   - category: Class within the department; 1 is an enterprise, 2 an individual business.
  ///   - areaCode: GB/T 2260 code of the registration authority, six digits.
  ///   - number: Becomes the eight digits of the subject code; its own check character is computed.
  /// - Precondition: one character of the alphabet, six digits, 0...99,999,999.
  public static func make(
    department: Character = "9", category: Character = "1", areaCode: String, number: Int
  ) -> CreditCode {
    precondition(areaCode.utf8.count == 6 && areaCode.utf8.allSatisfy { (0x30...0x39).contains($0) }, "six digits")
    precondition((0...99_999_999).contains(number), "a subject number has up to eight digits")
    var bytes = [department.asciiValue ?? 0, category.asciiValue ?? 0] + Array(areaCode.utf8)
    precondition(bytes.allSatisfy { alphabetValue($0) != nil }, "department and class are of the alphabet")
    let digits = Array(String(number).utf8)
    bytes += [UInt8](repeating: 0x30, count: 8 - digits.count) + digits
    bytes.append(subjectCheckByte(of: bytes[8..<16]))
    bytes.append(checkByte(of: bytes[...]))
    return CreditCode(verified: bytes)
  }

  /// GB/T 2260 code of the registration authority: characters 3 to 8.
  public var registrationArea: Substring { text.dropFirst(2).prefix(6) }

  /// Characters 9 to 17: the nine-character organisation code of GB 11714.
  public var subjectCode: Substring { text.dropFirst(8).prefix(9) }

  /// Whether the subject code passes its own mod-11 check (GB 11714).
  ///
  /// Some codes that are in force fail it, so it is a warning and never a refusal.
  public var subjectCheckHolds: Bool {
    let bytes = Array(text.utf8)
    return bytes[16] == CreditCode.subjectCheckByte(of: bytes[8..<16])
  }

  public var description: String { text }

  public static func < (a: CreditCode, b: CreditCode) -> Bool { a.text < b.text }
}

// MARK: - Checks

extension CreditCode {
  /// The 31 characters in the order of their values; I, O, S, V and Z are left out.
  static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

  /// Value by ASCII byte, 255 where a byte is not of the alphabet.
  private static let valueTable: [UInt8] = {
    var table = [UInt8](repeating: 255, count: 128)
    for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
    return table
  }()

  static func alphabetValue(_ byte: UInt8) -> Int? {
    guard byte < 128, valueTable[Int(byte)] != 255 else { return nil }
    return Int(valueTable[Int(byte)])
  }

  /// GB 32100-2015, 4.7: (31 - Σ value × 3^(i-1) mod 31) mod 31.
  static func checkByte(of body: ArraySlice<UInt8>) -> UInt8 {
    var weight = 1
    var sum = 0
    for byte in body {
      sum += (alphabetValue(byte) ?? 0) * weight
      weight = weight * 3 % 31
    }
    return alphabet[(31 - sum % 31) % 31]
  }

  /// GB 11714: 11 - Σ value × weight mod 11, with X for 10 and 0 for 11; letters count from A = 10 to Z = 35.
  static func subjectCheckByte(of body: ArraySlice<UInt8>) -> UInt8 {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2]
    var sum = 0
    for (byte, weight) in zip(body, weights) {
      sum += Int(byte < 0x3A ? byte - 0x30 : byte - 0x41 + 10) * weight
    }
    switch 11 - sum % 11 {
    case 10: return 0x58
    case 11: return 0x30
    case let digit: return 0x30 + UInt8(digit)
    }
  }

  /// Registration numbers of before 2015 (工商注册号): 15 digits with an ISO 7064 MOD 11,10 check digit.
  static func isOldRegistrationNumber(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 15, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
    var product = 10
    for byte in bytes.dropLast() {
      let sum = (product + Int(byte - 0x30)) % 10
      product = (sum == 0 ? 10 : sum) * 2 % 11
    }
    return (product + Int(bytes[14] - 0x30)) % 10 == 1
  }

  private static func normalised(_ raw: some StringProtocol) throws(CreditCodeRefusal) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(18)
    for scalar in raw.unicodeScalars {
      var code = scalar.value
      if (0xFF01...0xFF5E).contains(code) { code -= 0xFEE0 }  // full-width forms
      if (0x61...0x7A).contains(code) { code -= 0x20 }
      if scalar.properties.isWhitespace || code == 0xFEFF || code == 0x200B { continue }
      guard code < 128 else { throw .character(Character(scalar), position: bytes.count + 1) }
      bytes.append(UInt8(code))
    }
    guard !bytes.isEmpty else { throw .empty }
    if bytes.contains(0x2E) || bytes.contains(0x2B) { throw .mangledNumber }  // 9.13501E+17
    guard bytes.count == 18 else {
      throw isOldRegistrationNumber(bytes) ? .oldRegistrationNumber : .length(bytes.count)
    }
    for (slot, byte) in bytes.enumerated() where alphabetValue(byte) == nil {
      throw .character(Character(Unicode.Scalar(byte)), position: slot + 1)
    }
    for slot in 2..<8 where !(0x30...0x39).contains(bytes[slot]) {
      throw .areaNotDigits(position: slot + 1)
    }
    return bytes
  }
}
