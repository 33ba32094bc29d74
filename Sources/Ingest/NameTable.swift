internal import Glibc

/// Gives names small numbers without making a string of each occurrence: open addressing over their bytes.
struct NameTable: Sendable {
  /// In order of first appearance.
  private(set) var names: [String] = []
  private var bytes: [UInt8] = []
  private var ends: [Int] = [0]
  private var hashes: [UInt64] = []
  private var table = [Int32](repeating: -1, count: 1 << 10)
  private var last: Int32 = -1

  init() {}

  var count: Int { names.count }

  /// - Parameter name: Followed by at least eight readable bytes, as in a ``LineBuffer``.
  mutating func number(_ name: UnsafeBufferPointer<UInt8>) -> Int32 {
    guard let base = name.baseAddress else { return number(of: "") }
    let hash = Self.hash(base, name.count)
    // Files in order of time name their stations in the same order again and again.
    let guess = Int(last) + 1
    if guess < hashes.count, hashes[guess] == hash, equals(base, name.count, guess) {
      last = Int32(guess)
      return last
    }
    last = find(name, base, hash)
    return last
  }

  private mutating func find(
    _ name: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>, _ hash: UInt64
  ) -> Int32 {
    var position = Int(truncatingIfNeeded: hash >> 20) & (table.count - 1)
    while true {
      let number = table[position]
      if number < 0 { return add(name, hash, at: position) }
      if hashes[Int(number)] == hash, equals(base, name.count, Int(number)) { return number }
      position = (position + 1) & (table.count - 1)
    }
  }

  mutating func number(of name: String) -> Int32 {
    var padded = Array(name.utf8) + [UInt8](repeating: 0, count: 8)
    return padded.withUnsafeMutableBufferPointer {
      number(UnsafeBufferPointer(rebasing: $0[..<($0.count - 8)]))
    }
  }

  private func equals(_ name: UnsafePointer<UInt8>, _ count: Int, _ number: Int) -> Bool {
    let start = ends[number]
    return ends[number + 1] - start == count
      && bytes.withUnsafeBufferPointer { known in
        guard let base = known.baseAddress else { return count == 0 }
        return memcmp(base + start, name, count) == 0
      }
  }

  private mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ hash: UInt64, at position: Int) -> Int32 {
    let number = Int32(names.count)
    table[position] = number
    names.append(String(decoding: name, as: UTF8.self))
    bytes.append(contentsOf: name)
    ends.append(bytes.count)
    hashes.append(hash)
    if names.count * 2 > table.count { grow() }
    return number
  }

  private mutating func grow() {
    table = [Int32](repeating: -1, count: table.count * 4)
    for (number, hash) in hashes.enumerated() {
      var position = Int(truncatingIfNeeded: hash >> 20) & (table.count - 1)
      while table[position] >= 0 { position = (position + 1) & (table.count - 1) }
      table[position] = Int32(number)
    }
  }

  /// Eight bytes at a time by a multiplication whose high half is folded in; reads up to seven bytes behind the name.
  private static func hash(_ name: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let raw = UnsafeRawPointer(name)
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(count)
    var k = 0
    while k < count {
      var word = raw.loadUnaligned(fromByteOffset: k, as: UInt64.self)
      if count - k < 8 { word &= (1 << UInt64(8 * (count - k))) - 1 }
      let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = product.high ^ product.low
      k += 8
    }
    return hash
  }
}
