extension DecimalText {
  private static let scales: [(factor: Double, whole: UInt64, digits: Int)] = [
    (1, 1, 0), (10, 10, 1), (100, 100, 2), (1000, 1000, 3), (10_000, 10_000, 4),
  ]

  /// Appends the shortest decimal number that reads back as `value`, as `Double.description` writes it.
  ///
  /// Values of a few decimals, as monitors report them, take a short way: a decimal of up to 15 digits that reads back
  /// as the same double is the only one, so it is also the shortest.
  ///
  /// - Precondition: `value` is finite.
  public static func append(_ value: Double, to text: inout [UInt8]) {
    let magnitude = value.magnitude
    if magnitude < 1e9, magnitude >= 1e-3 || (magnitude == 0 && value.sign == .plus) {
      for (factor, whole, digits) in scales {
        let scaled = (magnitude * factor).rounded()
        guard scaled / factor == magnitude else { continue }
        let number = UInt64(scaled)
        if value < 0 { text.append(0x2D) }
        append(number / whole, to: &text)
        text.append(0x2E)
        guard digits > 0 else { return text.append(0x30) }
        append(number % whole, digits: digits, to: &text)
        return
      }
    }
    var description = value.description
    description.withUTF8 { text.append(contentsOf: $0) }
  }

  /// Appends a whole number.
  public static func append(_ number: some BinaryInteger, to text: inout [UInt8]) {
    if number < 0 { text.append(0x2D) }
    var rest = UInt64(number.magnitude)
    guard rest >= 10 else { return text.append(0x30 + UInt8(rest)) }
    let start = text.count
    while rest > 0 {
      text.append(0x30 + UInt8(rest % 10))
      rest /= 10
    }
    text[start...].reverse()
  }

  /// Appends `number` with zeros in front.
  private static func append(_ number: UInt64, digits: Int, to text: inout [UInt8]) {
    var divisor: UInt64 = 1
    for _ in 1..<digits { divisor *= 10 }
    var rest = number
    while divisor > 0 {
      text.append(0x30 + UInt8(rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }
}
