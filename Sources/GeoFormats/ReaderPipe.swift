internal import Foundation

/// Whole messages over a socket, each after its length.
struct ReaderPipe {
  let descriptor: Int32

  enum Failure: Error {
    /// The other end is gone.
    case closed
    /// Nothing came in time.
    case late
  }

  func send(message: [UInt8]) throws(Failure) {
    do {
      try withUnsafeBytes(of: UInt64(message.count)) { try send($0) }
      try message.withUnsafeBytes { try send($0) }
    } catch {
      throw .closed
    }
  }

  func send(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var sent = 0
    while sent < bytes.count {
      // Without the flag a reader that has died would end this process by SIGPIPE.
      let step = Glibc.send(
        descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      if step < 0, errno == EINTR { continue }
      guard step > 0 else { throw .closed }
      sent += step
    }
  }

  /// - Parameter secondsToWait: For the next bytes; `nil` to wait for ever.
  func receiveMessage(secondsToWait: Double?) throws(Failure) -> [UInt8] {
    var length: UInt64 = 0
    try receive(into: &length, 8, secondsToWait)
    guard length < 1 << 31 else { throw .closed }
    var bytes = [UInt8](repeating: 0, count: Int(length))
    try receive(into: &bytes, bytes.count, secondsToWait)
    return bytes
  }

  /// Fills `count` bytes. The time limit is for each piece that arrives, not for the whole.
  func receive(into start: UnsafeMutableRawPointer, _ count: Int, _ secondsToWait: Double?) throws(Failure) {
    var received = 0
    while received < count {
      if let secondsToWait {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&entry, 1, Int32(min(secondsToWait * 1000, 1e9)))
        if ready < 0, errno == EINTR { continue }
        guard ready > 0 else { throw .late }
      }
      let step = recv(descriptor, start + received, count - received, 0)
      if step < 0, errno == EINTR { continue }
      guard step > 0 else { throw .closed }
      received += step
    }
  }
}
