/// A whole number of any width, just enough of one to compare products exactly.
///
/// Comparing two units of a draw multiplies a ticket (256 bits), a probability's numerator (53 bits) and another
/// ticket and numerator: no rounding is allowed there, or two machines could draw different units.
struct WideUnsigned: Equatable, Comparable {
  /// Least significant first; no zero at the end, so that 0 has no limbs.
  private(set) var limbs: [UInt64]

  init(_ number: UInt64) { limbs = number == 0 ? [] : [number] }

  /// From bytes, most significant first.
  init(bigEndian bytes: [UInt8]) {
    limbs = []
    var end = bytes.count
    while end > 0 {
      let start = max(0, end - 8)
      limbs.append(bytes[start..<end].reduce(0) { $0 << 8 | UInt64($1) })
      end = start
    }
    trim()
  }

  private mutating func trim() {
    while limbs.last == 0 { limbs.removeLast() }
  }

  /// 2 to the power of `exponent`.
  static func power(ofTwo exponent: Int) -> WideUnsigned {
    var power = WideUnsigned(0)
    power.limbs = [UInt64](repeating: 0, count: exponent / 64) + [1 << UInt64(exponent % 64)]
    return power
  }

  static func * (a: WideUnsigned, b: WideUnsigned) -> WideUnsigned {
    var product = WideUnsigned(0)
    product.limbs = [UInt64](repeating: 0, count: a.limbs.count + b.limbs.count)
    for i in a.limbs.indices {
      var carry: UInt64 = 0
      for j in b.limbs.indices {
        // At most (2⁶⁴-1)² + 2(2⁶⁴-1) = 2¹²⁸-1: the high half never overflows.
        let (high, low) = a.limbs[i].multipliedFullWidth(by: b.limbs[j])
        let (first, overflow) = low.addingReportingOverflow(carry)
        let (second, again) = product.limbs[i + j].addingReportingOverflow(first)
        product.limbs[i + j] = second
        carry = high + (overflow ? 1 : 0) + (again ? 1 : 0)
      }
      product.limbs[i + b.limbs.count] = carry
    }
    product.trim()
    return product
  }

  /// - Precondition: `a >= b`.
  static func - (a: WideUnsigned, b: WideUnsigned) -> WideUnsigned {
    precondition(a >= b, "a whole number below 0")
    var difference = a
    var borrow: UInt64 = 0
    for i in a.limbs.indices {
      let subtrahend = i < b.limbs.count ? b.limbs[i] : 0
      let (first, overflow) = a.limbs[i].subtractingReportingOverflow(subtrahend)
      let (second, again) = first.subtractingReportingOverflow(borrow)
      difference.limbs[i] = second
      borrow = (overflow ? 1 : 0) + (again ? 1 : 0)
    }
    difference.trim()
    return difference
  }

  static func < (a: WideUnsigned, b: WideUnsigned) -> Bool {
    guard a.limbs.count == b.limbs.count else { return a.limbs.count < b.limbs.count }
    for i in a.limbs.indices.reversed() where a.limbs[i] != b.limbs[i] { return a.limbs[i] < b.limbs[i] }
    return false
  }

  /// Lower-case hexadecimal digits, for tests and messages.
  var hex: String {
    guard let last = limbs.last else { return "0" }
    return limbs.dropLast().reversed().reduce(String(last, radix: 16)) { text, limb in
      let digits = String(limb, radix: 16)
      return text + String(repeating: "0", count: 16 - digits.count) + digits
    }
  }
}
