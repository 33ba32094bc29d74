public import Diagnostics
public import Digests
public import Quantities

/// The public record of an opened seal: the beacon, the seed, where the draw parted the units, and a commitment to what
/// became of every unit.
public struct Opening: Hashable, Sendable, Codable {
  /// `name: value` a line; ``digest`` is the hash of these lines joined by line feeds.
  public let lines: [String]

  static let format = "hotgrid-opening-1"

  public init(lines: [String]) { self.lines = lines }

  /// What can be published in a line of print; proofs are checked against it.
  public var digest: SHA256Digest { SHA256Digest(ofUTF8: lines.joined(separator: "\n")) }

  /// Reads the lines. - Throws: `Problem` when one is missing.
  public func read() throws(Problem) -> OpeningFacts {
    let values = LineValues(lines)
    guard lines.allSatisfy({ !$0.utf8.contains(0x0A) }), lines.first == Opening.format,
      let root = values.digest("root"), let source = values["beacon-source"],
      let beacon = values["beacon"].flatMap(bytes(hex:)), let seenAt = values.time("beacon-seen"),
      let seed = values["seed"], let drawn = values["drawn"].flatMap({ Int($0) }),
      let outcomes = values.digest("outcomes")
    else {
      throw Problem(
        "this is not an opening record by the rules this program knows (\(Opening.format))",
        remedy: "use the opening file as it was published")
    }
    var cuts: [PoolCut] = []
    for line in lines where line.hasPrefix("cut: ") {
      let sides = line.dropFirst(5).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = sides.first else { continue }
      cuts.append(PoolCut(pool: sides.count == 2 ? String(sides[1]) : "", rank: Double(bitText: first)))
    }
    return OpeningFacts(
      root: root, beaconSource: source, beacon: beacon, seenAt: seenAt, seed: seed, drawn: drawn, cuts: cuts,
      randomCut: values.digest("random-cut"), outcomes: outcomes)
  }
}

/// What an opening record says.
public struct OpeningFacts: Hashable, Sendable {
  /// Of the seal that was opened.
  public let root: SHA256Digest
  /// The source the seal names, or its fallback.
  public let beaconSource: String
  /// The value as published, in bytes.
  public let beacon: [UInt8]
  /// When the value was read; not before it was due.
  public let seenAt: Instant
  /// SHA-256 of root and beacon, hexadecimal.
  public let seed: String
  /// Units to visit.
  public let drawn: Int
  /// One per Pareto pool; empty for other methods.
  public let cuts: [PoolCut]
  /// Random tickets up to it are in; `nil` without a random arm.
  public let randomCut: SHA256Digest?
  /// Root of the tree of outcomes.
  public let outcomes: SHA256Digest
}

/// Bytes from pairs of hexadecimal digits; `nil` for anything else or for none.
func bytes(hex: String) -> [UInt8]? {
  let digits = Array(hex.utf8)
  guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
  var bytes: [UInt8] = []
  for start in stride(from: 0, to: digits.count, by: 2) {
    let pair = String(decoding: digits[start..<start + 2], as: UTF8.self)
    guard pair.allSatisfy(\.isHexDigit), let byte = UInt8(pair, radix: 16) else { return nil }
    bytes.append(byte)
  }
  return bytes
}

extension Seal {
  /// A seal that was opened: the draw, its public record, and what proofs are cut from.
  public struct Opened: Sendable {
    /// The draw itself; secret until the visits.
    public let result: DrawResult
    /// To be published at once; names no unit.
    public let opening: Opening
    let seal: Seal
    let sealed: SealedFrame
    let outcomes: MerkleTree
    let secret: SealSecret
  }

  /// Opens the seal with the beacon's value and draws.
  ///
  /// - Parameters:
  ///   - beaconHex: The published value, in hexadecimal digits.
  ///   - usesFallback: Whether it is the fallback's value, because the beacon failed.
  ///   - seenAt: When the value was first seen.
  /// - Throws: `Problem` when frame, secret or seal are not those that were sealed, or the value came too early.
  public func open(
    frame: Frame, secret: SealSecret, beaconHex: String, usesFallback: Bool = false, seenAt: Instant
  ) throws -> Opened {
    let header = try readHeader()
    guard let value = bytes(hex: beaconHex) else {
      throw Problem(
        "the beacon's value \"\(beaconHex)\" is not pairs of hexadecimal digits",
        remedy: "copy the value as it was published", exitStatus: .usage)
    }
    guard let beacon = usesFallback ? header.fallback : header.beacon else {
      throw Problem("the seal names no fallback", remedy: "use the beacon it names: \(header.beacon.source)")
    }
    try Seal.check(beacon, sealedAt: header.sealedAt, seenAt: seenAt)
    let sealed = try check(header, frame: frame, secret: secret)
    let seed = Seal.seed(root: sealed.tree.root, beacon: value)
    let result = try frame.draw(plan: header.plan, seed: seed)
    let outcomes = MerkleTree(
      result.units.map { Seal.outcomeLeaf(Seal.outcomeText($0), id: $0.id, salt: secret.outcomeSalt($0.id)) })
    var lines = [
      Opening.format, "root: \(root)", "beacon-source: \(beacon.source)", "beacon: \(beaconHex.lowercased())",
      "beacon-seen: \(timeText(seenAt))", "seed: \(seed)", "drawn: \(result.drawnIDs.count)",
    ]
    lines += result.cuts.map { "cut: \($0.rank?.bitText ?? "none") \($0.pool)" }
    if let cut = result.randomCut { lines.append("random-cut: \(cut.hex)") }
    lines.append("outcomes: \(outcomes.root.hex)")
    return Opened(
      result: result, opening: Opening(lines: lines), seal: self, sealed: sealed, outcomes: outcomes, secret: secret)
  }

  static func check(_ beacon: Beacon, sealedAt: Instant, seenAt: Instant) throws(Problem) {
    guard beacon.due > sealedAt else {
      throw Problem(
        "\"\(beacon.source)\" was due \(beacon.due.iso8601), not after the seal of \(sealedAt.iso8601): "
          + "the value could already be known", remedy: "seal again with a later beacon")
    }
    guard seenAt >= beacon.due else {
      throw Problem(
        "the value was seen \(seenAt.iso8601), before \"\(beacon.source)\" is due \(beacon.due.iso8601)",
        remedy: "wait for the beacon, or check that the value is of the round the seal names")
    }
  }

  /// Rebuilds the tree and compares it with the seal.
  private func check(_ header: SealHeader, frame: Frame, secret: SealSecret) throws -> SealedFrame {
    guard secret.mark == header.secretMark else {
      throw Problem("the secret is not the one the frame was sealed with", remedy: "use the secret file of this seal")
    }
    guard frame.units.count == header.units, secret.commitment(to: frame) == header.frame else {
      throw Problem(
        "the frame is not the one that was sealed: \(frame.units.count) units, \(header.units) sealed, and another hash",
        remedy: "use the frame file as it was when it was sealed; nothing in it may change after that")
    }
    let sealed = try SealedFrame(header: header, frame: frame, secret: secret)
    guard sealed.tree.root.hex == root else {
      throw Problem(
        "the seal's root is \(root), but its header, frame and secret give \(sealed.tree.root.hex)",
        remedy: "use the seal file as it was published; its header or root was changed")
    }
    return sealed
  }

  /// `SCORED,RANDOM,RESERVE`: 1 or 0, 1 or 0, and the place in the reserve or `-`.
  static func outcomeText(_ unit: DrawOutcome) -> String {
    "\(unit.isScored ? 1 : 0),\(unit.isRandom ? 1 : 0),\(unit.reservePlace.map(String.init) ?? "-")"
  }

  static func outcomeLeaf(_ outcome: String, id: String, salt: SHA256Digest) -> [UInt8] {
    Array("outcome,\(salt.hex),\(outcome),\(id)".utf8)
  }
}
