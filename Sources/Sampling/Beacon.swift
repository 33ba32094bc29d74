public import Diagnostics
public import Quantities

/// A public random value that does not exist yet: its source as anybody can find it, and when it is due.
public struct Beacon: Hashable, Sendable {
  /// Such as `drand quicknet round 123456` or `dice thrown at the press office, 2017-11-22 06:00`.
  public let source: String
  /// Earliest moment at which anybody can know the value; a seal must be older.
  public let due: Instant

  /// The drand network `quicknet`: round 1 at this moment, one every three seconds.
  ///
  /// Published in the network's chain information (genesis_time, period).
  public static let quicknetGenesis: Int64 = 1_692_803_367
  /// Seconds from one round to the next.
  public static let quicknetPeriod: Int64 = 3

  /// - Parameters:
  ///   - source: One line of text; the time of `drand quicknet round N` is computed.
  ///   - due: `nil` only for a source whose time is known.
  /// - Throws: `Problem` (usage) for a source without a time, or with another time than its round has.
  public init(source: String, due: Instant?) throws(Problem) {
    guard !source.isEmpty, !source.contains(where: \.isNewline) else {
      throw Problem(
        "the beacon has no name, or one of several lines", remedy: "name it, such as \"drand quicknet round 123456\"",
        exitStatus: .usage)
    }
    let computed = try Beacon.quicknetTime(source)
    guard let time = computed ?? due else {
      throw Problem(
        "nobody can tell when the beacon \"\(source)\" is due",
        remedy: "give --beacon-time, or name a drand quicknet round", exitStatus: .usage)
    }
    if let computed, let due, computed != due {
      throw Problem(
        "\"\(source)\" is due \(computed.iso8601), not \(due.iso8601)",
        remedy: "leave the time out: the round says it", exitStatus: .usage)
    }
    self.source = source
    self.due = time
  }

  /// `nil` for another source.
  private static func quicknetTime(_ source: String) throws(Problem) -> Instant? {
    let prefix = "drand quicknet round "
    guard source.hasPrefix(prefix) else { return nil }
    guard let round = Int64(source.dropFirst(prefix.count)), round >= 1, round < 1 << 40 else {
      throw Problem(
        "\"\(source)\" names no round", remedy: "write it as \"drand quicknet round 123456\"", exitStatus: .usage)
    }
    return Instant(secondsSinceEpoch: quicknetGenesis + (round - 1) * quicknetPeriod)
  }

  /// The first round of drand quicknet that is due at a moment or after it.
  public static func quicknet(from moment: Instant) -> String {
    let elapsed = max(0, moment.secondsSinceEpoch - quicknetGenesis)
    return "drand quicknet round \((elapsed + quicknetPeriod - 1) / quicknetPeriod + 1)"
  }
}
