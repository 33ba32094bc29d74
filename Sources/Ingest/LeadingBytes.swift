internal import Foundation

/// The first bytes of a file, fewer when it is shorter; empty when it cannot be read.
func leadingBytes(_ path: String, count: Int) -> [UInt8] {
  guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
  defer { try? handle.close() }
  return Array((try? handle.read(upToCount: count)) ?? Data())
}
