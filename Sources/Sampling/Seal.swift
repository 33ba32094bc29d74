public import Diagnostics
public import Digests
public import Quantities

/// 32 secret bytes from which all salts of one seal follow, so that the secret file stays small.
public struct SealSecret: Sendable {
  private let code: HMACSHA256
  /// 64 hexadecimal digits of the secret: what the secret file holds.
  public let hex: String

  /// Reads 64 hexadecimal digits; `nil` for anything else.
  public init?(hex: String) {
    guard let bytes = SHA256Digest(hex: hex)?.bytes else { return nil }
    self.init(bytes: bytes)
  }

  /// - Precondition: 32 bytes that nobody else knows and that no other seal uses.
  public init(bytes: [UInt8]) {
    code = HMACSHA256(key: bytes)
    hex = SHA256Digest(bytes: bytes).hex
  }

  func salt(_ id: String) -> SHA256Digest { code.authenticate(utf8: "salt,\(id)") }
  func outcomeSalt(_ id: String) -> SHA256Digest { code.authenticate(utf8: "outcome,\(id)") }

  /// Tells a wrong secret from a changed frame without saying anything about either.
  var mark: SHA256Digest { code.authenticate(utf8: "secret") }

  func commitment(to frame: Frame) -> SHA256Digest {
    code.authenticate(Array("frame,".utf8) + frame.units.flatMap(\.canonicalBytes))
  }
}

/// What a seal says in public, before anybody knows the beacon; the first leaf of its tree.
public struct SealHeader: Hashable, Sendable {
  /// All rules of the draw; a change in any changes the root.
  public let plan: DrawPlan
  /// Units of the frame; the tree has one leaf more.
  public let units: Int
  /// Keyed hash of all columns of the frame.
  public let frame: SHA256Digest
  /// Keyed hash that only the secret gives.
  public let secretMark: SHA256Digest
  /// Hash of the policy, or `none`.
  public let policyHash: String
  /// What the seed will be made of.
  public let beacon: Beacon
  /// Used when the beacon fails; `nil` when there is none.
  public let fallback: Beacon?
  /// By the clock of the machine that sealed; before either beacon is due.
  public let sealedAt: Instant

  static let format = "hotgrid-seal-1"

  /// `name: value` a line, in this order; the bytes that are hashed are these lines joined by line feeds.
  public var lines: [String] {
    var lines = [SealHeader.format] + plan.lines
    lines += ["units: \(units)", "frame: \(frame.hex)", "secret: \(secretMark.hex)", "policy: \(policyHash)"]
    lines += ["beacon: \(beacon.source)", "beacon-due: \(timeText(beacon.due))"]
    if let fallback { lines += ["fallback: \(fallback.source)", "fallback-due: \(timeText(fallback.due))"] }
    lines.append("sealed-at: \(timeText(sealedAt))")
    return lines
  }

  var bytes: [UInt8] { Array(lines.joined(separator: "\n").utf8) }

  init(
    plan: DrawPlan, frame: Frame, secret: SealSecret, policyHash: String?, beacon: Beacon, fallback: Beacon?,
    sealedAt: Instant
  ) {
    self.plan = plan
    units = frame.units.count
    self.frame = secret.commitment(to: frame)
    secretMark = secret.mark
    self.policyHash = policyHash ?? "none"
    self.beacon = beacon
    self.fallback = fallback
    self.sealedAt = sealedAt
  }

  /// - Throws: `Problem` when a line is missing, unknown or would be written otherwise.
  init(lines: [String]) throws(Problem) {
    let values = LineValues(lines)
    func beacon(_ name: String) throws(Problem) -> Beacon? {
      guard let source = values[name], let due = values.time("\(name)-due") else { return nil }
      return try Beacon(source: source, due: due)
    }
    // A line feed inside a line would let the same hashed bytes be read as other lines.
    guard lines.allSatisfy({ !$0.utf8.contains(0x0A) }), lines.first == SealHeader.format,
      let plan = DrawPlan(lines: lines),
      let units = values["units"].flatMap({ Int($0) }), let frame = values.digest("frame"),
      let mark = values.digest("secret"), let policy = values["policy"], let main = try beacon("beacon"),
      let sealedAt = values.time("sealed-at")
    else {
      throw Problem(
        "this is not the header of a seal by the rules this program knows (\(SealHeader.format))",
        remedy: "use the program that sealed it, or the seal file as it was published")
    }
    self.plan = plan
    self.units = units
    self.frame = frame
    secretMark = mark
    policyHash = policy
    self.beacon = main
    fallback = try beacon("fallback")
    self.sealedAt = sealedAt
    guard self.lines == lines else {
      throw Problem(
        "a line of the seal's header is not as the program would write it",
        remedy: "use the seal file as it was published")
    }
  }
}

/// The public commitment to a frame, its probabilities and the rules of its draw.
public struct Seal: Hashable, Sendable, Codable {
  /// Lines of the header; see ``SealHeader``.
  public let header: [String]
  /// Leaves of the tree: the header and one per unit.
  public let leaves: Int
  /// 64 hexadecimal digits; all that must be published in time.
  public let root: String

  /// Reads the header. - Throws: `Problem` when the seal is not as the program writes it.
  public func readHeader() throws(Problem) -> SealHeader {
    let header = try SealHeader(lines: header)
    guard leaves == header.units + 1, SHA256Digest(hex: root) != nil else {
      throw Problem(
        "the seal has \(leaves) leaves for \(header.units) units, or its root is not a hash",
        remedy: "use the seal file as it was published")
    }
    return header
  }

  /// SHA-256 of the bytes of the root followed by those of the beacon, as 64 hexadecimal digits: the seed's text.
  public static func seed(root: SHA256Digest, beacon: [UInt8]) -> String {
    SHA256Digest(of: root.bytes + beacon).hex
  }
}

/// A frame with all its leaves: what only the holder of the secret can rebuild.
struct SealedFrame {
  let header: SealHeader
  let tree: MerkleTree
  let chances: [(inclusionProbability: Double, pool: String)]

  init(header: SealHeader, frame: Frame, secret: SealSecret) throws(DrawProblem) {
    self.header = header
    let chances = try frame.probabilities(plan: header.plan)
    self.chances = chances
    tree = MerkleTree(
      [header.bytes]
        + zip(frame.units, chances).map { unit, chance in
          SealedFrame.leaf(
            id: unit.id, inclusionProbability: chance.inclusionProbability, pool: chance.pool,
            salt: secret.salt(unit.id))
        })
  }

  /// `unit,SALT,π,BYTES:POOL,ID` with π as the bits of its double.
  static func leaf(id: String, inclusionProbability: Double, pool: String, salt: SHA256Digest) -> [UInt8] {
    Array("unit,\(salt.hex),\(inclusionProbability.bitText),\(pool.utf8.count):\(pool),\(id)".utf8)
  }
}

extension Frame {
  /// Seals the frame: computes all probabilities and commits to them, to the plan and to a beacon that is still to come.
  ///
  /// - Parameters:
  ///   - policyHash: SHA-256 of the policy, hexadecimal; `nil` when there is none.
  ///   - fallback: Used, by its name in the seal, when the beacon fails.
  ///   - sealedAt: Now; must be before the beacon and its fallback are due.
  ///   - secret: New for every seal.
  public func seal(
    plan: DrawPlan, beacon: Beacon, fallback: Beacon? = nil, policyHash: String? = nil, sealedAt: Instant,
    secret: SealSecret
  ) throws -> Seal {
    for source in [beacon, fallback].compactMap(\.self) where source.due <= sealedAt {
      throw Problem(
        "\"\(source.source)\" is due \(source.due.iso8601) and the frame is sealed \(sealedAt.iso8601): "
          + "the value could already be known",
        remedy:
          "name a later one, such as \"\(Beacon.quicknet(from: Instant(secondsSinceEpoch: sealedAt.secondsSinceEpoch + 600)))\"",
        exitStatus: .usage)
    }
    let header = SealHeader(
      plan: plan, frame: self, secret: secret, policyHash: policyHash, beacon: beacon, fallback: fallback,
      sealedAt: sealedAt)
    // What is written must read back, or nobody could open the seal: names with line breaks do not.
    _ = try SealHeader(lines: header.lines)
    let sealed = try SealedFrame(header: header, frame: self, secret: secret)
    return Seal(header: header.lines, leaves: units.count + 1, root: sealed.tree.root.hex)
  }
}

/// Seconds since 1970 and the same moment for people.
func timeText(_ time: Instant) -> String { "\(time.secondsSinceEpoch) \(time.iso8601)" }

/// `name: value` lines by name.
struct LineValues {
  private var values: [String: String] = [:]

  init(_ lines: [String]) {
    for line in lines {
      let sides = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if sides.count == 2, values[sides[0]] == nil { values[sides[0]] = sides[1] }
    }
  }

  subscript(_ name: String) -> String? { values[name] }

  func digest(_ name: String) -> SHA256Digest? { values[name].flatMap { SHA256Digest(hex: $0) } }

  func time(_ name: String) -> Instant? {
    guard let seconds = values[name]?.split(separator: " ").first.flatMap({ Int64($0) }) else { return nil }
    // Far beyond any campaign, and far from where arithmetic on seconds ends.
    guard abs(seconds) < 1 << 40 else { return nil }
    return Instant(secondsSinceEpoch: seconds)
  }
}
