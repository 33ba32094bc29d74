public import Digests

/// One hash for a list of byte strings, and short proofs that one of them is in its place.
///
/// The tree of RFC 6962, section 2.1: a leaf is SHA-256(0x00 || data), a node SHA-256(0x01 || left || right), and a node
/// without a neighbour moves up as it is.
public struct MerkleTree: Sendable {
  /// Leaves first, root last.
  private let levels: [[SHA256Digest]]

  /// - Precondition: At least one leaf.
  public init(_ leaves: [[UInt8]]) {
    precondition(!leaves.isEmpty, "a tree needs a leaf")
    var level = leaves.map(MerkleTree.leaf)
    var levels = [level]
    while level.count > 1 {
      var next: [SHA256Digest] = []
      for left in stride(from: 0, to: level.count, by: 2) {
        next.append(left + 1 < level.count ? MerkleTree.node(level[left], level[left + 1]) : level[left])
      }
      levels.append(next)
      level = next
    }
    self.levels = levels
  }

  /// Commits to every leaf and its place.
  public var root: SHA256Digest { levels[levels.count - 1][0] }

  /// The hashes beside the way from a leaf to the root, nearest first.
  public func path(to leaf: Int) -> [SHA256Digest] {
    var place = leaf
    var path: [SHA256Digest] = []
    for level in levels.dropLast() {
      let beside = place ^ 1
      if beside < level.count { path.append(level[beside]) }
      place >>= 1
    }
    return path
  }

  /// The root that a leaf and its path lead to; `nil` when the path has the wrong length for its place.
  public static func root(of data: [UInt8], at leaf: Int, of count: Int, path: [SHA256Digest]) -> SHA256Digest? {
    guard leaf >= 0, leaf < count else { return nil }
    var hash = MerkleTree.leaf(data)
    var (place, width) = (leaf, count)
    var rest = path[...]
    while width > 1 {
      if place ^ 1 < width {
        guard let beside = rest.popFirst() else { return nil }
        hash = place & 1 == 0 ? node(hash, beside) : node(beside, hash)
      }
      place >>= 1
      width = (width + 1) >> 1
    }
    return rest.isEmpty ? hash : nil
  }

  static func leaf(_ data: [UInt8]) -> SHA256Digest { SHA256Digest(of: [0] + data) }

  static func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
    SHA256Digest(of: [1] + left.bytes + right.bytes)
  }
}
