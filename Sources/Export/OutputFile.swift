internal import Foundation
public import Diagnostics

/// Where a verb's data goes: a file that appears whole or not at all, or standard output for `-`.
///
/// A file is written under a temporary name in the same folder and renamed by `commit()`; without it, nothing remains.
public struct OutputFile: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var isCommitted = false

  /// - Parameters:
  ///   - path: A file path, or `-` for standard output.
  ///   - isSecret: Whether nobody but the owner may read the file (mode 0600), from its first byte on.
  public init(path: String, isSecret: Bool = false) throws(Problem) {
    guard path != "-" else {
      self.path = path
      temporaryPath = path
      handle = .standardOutput
      return
    }
    let temporary = "\(path).part-\(ProcessInfo.processInfo.processIdentifier)"
    let attributes: [FileAttributeKey: Any]? = isSecret ? [.posixPermissions: 0o600] : nil
    guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: attributes),
      let handle = FileHandle(forWritingAtPath: temporary)
    else {
      throw Problem(
        "cannot write \(path): \(String(cString: strerror(errno)))",
        remedy: "name a folder that exists and that you may write to")
    }
    self.path = path
    temporaryPath = temporary
    self.handle = handle
  }

  deinit {
    if path != "-" {
      try? handle.close()
      if !isCommitted { try? FileManager.default.removeItem(atPath: temporaryPath) }
    }
  }

  /// Adds UTF-8 text at the end; it may stay in memory until `commit()`.
  public mutating func write(_ text: String) throws(Problem) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 18 { try flush() }
  }

  /// Adds bytes at the end; they may stay in memory until `commit()`.
  public mutating func write(_ bytes: [UInt8]) throws(Problem) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 18 { try flush() }
  }

  /// Writes what is left and gives the file its name.
  public mutating func commit() throws(Problem) {
    try flush()
    guard path != "-" else { return }
    guard rename(temporaryPath, path) == 0 else {
      throw Problem(
        "cannot rename \(temporaryPath) to \(path): \(String(cString: strerror(errno)))",
        remedy: "check that \(path) is not a folder and that you may replace it")
    }
    isCommitted = true
  }

  private mutating func flush() throws(Problem) {
    guard !buffer.isEmpty else { return }
    do {
      try handle.write(contentsOf: buffer)
    } catch {
      throw Problem(
        "cannot write \(path): \(error.localizedDescription)",
        remedy: "check that the disk is not full; nothing was left behind under that name")
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
