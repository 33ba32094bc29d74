internal import Glibc

/// Bytes of whole lines, with zeros behind them so that parsers may load eight bytes at any place.
///
/// Safe to hand to another thread: it owns its bytes, and nobody else holds their address.
struct LineBuffer: ~Copyable, @unchecked Sendable {
  /// Zero bytes after the text.
  static let padding = 64
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 256)
    bytes = .allocate(capacity: self.capacity + Self.padding)
  }

  deinit { bytes.deallocate() }

  var text: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }

  /// Makes room for `extra` more bytes. - Returns: Where they go.
  mutating func room(for extra: Int) -> UnsafeMutablePointer<UInt8> {
    if count + extra > capacity {
      capacity = max(capacity * 2, count + extra)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.padding)
      larger.update(from: bytes, count: count)
      bytes.deallocate()
      bytes = larger
    }
    return bytes + count
  }

  /// Counts bytes that were put at `room(for:)`.
  mutating func grow(by extra: Int) { count += extra }

  mutating func append(_ other: UnsafeBufferPointer<UInt8>) {
    guard let base = other.baseAddress, !other.isEmpty else { return }
    room(for: other.count).update(from: base, count: other.count)
    count += other.count
  }

  mutating func append(_ byte: UInt8) {
    room(for: 1).pointee = byte
    count += 1
  }

  mutating func removeAll() { count = 0 }

  mutating func removeFirst(_ length: Int) {
    memmove(bytes, bytes + length, count - length)
    count -= length
  }

  /// Keeps the first `length` bytes and puts the others into `rest`.
  mutating func split(at length: Int, into rest: inout LineBuffer) {
    rest.removeAll()
    rest.append(UnsafeBufferPointer(start: bytes + length, count: count - length))
    count = length
  }

  /// Zeros behind the text; called once a block is complete.
  mutating func pad() { memset(bytes + count, 0, Self.padding) }

  /// The place after the last line break. - Returns: `nil` without one.
  func endOfLastLine(from start: Int) -> Int? {
    var end = count
    while end > start {
      if bytes[end - 1] == 0x0A { return end }
      end -= 1
    }
    return nil
  }
}
