/// The newest end of a list in which every entry names the hash of the entry before.
///
/// Changing, leaving out or inserting an entry breaks the chain there. Leaving off the newest entries does not: that
/// shows only against a head that was kept elsewhere. What the bytes of an entry are is for its owner to say; the chain
/// knows numbers and hashes.
public struct HashChain: Hashable, Sendable {
  /// What the first entry names as the one before: 64 zeros.
  public static let beginning = String(repeating: "0", count: 64)

  /// Entries so far.
  public private(set) var count = 0
  /// 64 hexadecimal digits: the hash of the newest entry, ``beginning`` of none.
  public private(set) var head = HashChain.beginning

  /// A chain without entries.
  public init() {}

  /// A chain that goes on after entries somebody has checked.
  public init(count: Int, head: String) {
    self.count = count
    self.head = head
  }

  /// Why an entry is not the next one.
  public enum Fault: Hashable, Sendable {
    /// The bytes do not give the hash.
    case changed
    /// The number is not one more than that of the entry before.
    case misnumbered
    /// The hash it names as the one before is another.
    case unlinked
  }

  /// Adds an entry.
  ///
  /// - Parameter content: The text to hash, given the entry's number (from 1) and the hash before.
  /// - Returns: The entry's hash.
  @discardableResult
  public mutating func append(_ content: (_ number: Int, _ previous: String) -> String) -> SHA256Digest {
    let hash = SHA256Digest(ofUTF8: content(count + 1, head))
    count += 1
    head = hash.hex
    return hash
  }

  /// Takes an entry that somebody else made, if it is the next one.
  ///
  /// - Parameters:
  ///   - number: What the entry calls itself; `nil` when it is no number.
  ///   - previous: What it names as the hash before; `nil` when it names none.
  ///   - hash: Its own, as it says.
  ///   - content: The text its hash is of.
  /// - Returns: What is wrong, of several things the first in the order of ``Fault``; the chain then stays as it was.
  public mutating func take(number: Int?, previous: String?, hash: String, content: String) -> Fault? {
    guard SHA256Digest(ofUTF8: content).hex == hash else { return .changed }
    guard number == count + 1 else { return .misnumbered }
    guard previous == head else { return .unlinked }
    count += 1
    head = hash
    return nil
  }
}
