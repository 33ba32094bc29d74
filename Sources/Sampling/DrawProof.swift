public import Diagnostics
public import Digests

/// All that shows, in one file, what became of one unit in a sealed draw, drawn or not.
///
/// It holds nothing about any other unit but hashes with salts of their own.
public struct DrawProof: Hashable, Sendable, Codable {
  /// Format of the file.
  public let format: String
  /// The seal's header lines and the way from them, leaf 0, to the root.
  public let header: [String]
  /// Hexadecimal hashes beside the way, nearest first.
  public let headerPath: [String]
  /// Leaves of the seal's tree: the header and one per unit.
  public let leaves: Int
  /// Of the seal's tree, 64 hexadecimal digits; compare it with the published one.
  public let root: String
  /// The opening record's lines.
  public let opening: [String]
  /// The unit's id as sealed, byte for byte.
  public let id: String
  /// For people; `probabilityBits` is what counts.
  public let inclusionProbability: String
  /// π as the 16 hexadecimal digits of its double.
  public let probabilityBits: String
  /// The group with an exact quota that it was drawn in; empty for the rest or the whole of the frame.
  public let pool: String
  /// Leaf number in the seal's tree, from 1; the outcome's leaf is one less.
  public let leaf: Int
  /// Of the unit's leaf, 64 hexadecimal digits; tells nothing about other leaves.
  public let salt: String
  /// From the unit's leaf to `root`: hexadecimal hashes, nearest first.
  public let path: [String]
  /// `SCORED,RANDOM,RESERVE`, such as `1,0,-`: both arms as 1 or 0, then the place in its reserve.
  public let outcome: String
  /// Of the outcome's leaf, 64 hexadecimal digits.
  public let outcomeSalt: String
  /// From the outcome's leaf to the opening's root of outcomes: hexadecimal hashes, nearest first.
  public let outcomePath: [String]

  static let format = "hotgrid-proof-1"

  enum CodingKeys: String, CodingKey {
    case format, header, leaves, root, opening, id, pool, leaf, salt, path, outcome
    case headerPath = "header_path"
    case inclusionProbability = "inclusion_probability"
    case probabilityBits = "probability_bits"
    case outcomeSalt = "outcome_salt"
    case outcomePath = "outcome_path"
  }
}

extension Seal.Opened {
  /// The proof for one unit. - Throws: `Problem` for an id that is not in the frame.
  public func proof(id: String) throws(Problem) -> DrawProof {
    guard let slot = result.units.firstIndex(where: { $0.id.utf8.elementsEqual(id.utf8) }) else {
      throw Problem(
        "\"\(id)\" is not in the sealed frame", remedy: "give an id of the frame; one that is not in it has no proof")
    }
    let unit = result.units[slot]
    return DrawProof(
      format: DrawProof.format, header: seal.header, headerPath: sealed.tree.path(to: 0).map(\.hex),
      leaves: seal.leaves, root: seal.root, opening: opening.lines, id: unit.id,
      inclusionProbability: unit.inclusionProbability.description, probabilityBits: unit.inclusionProbability.bitText,
      pool: unit.pool, leaf: slot + 1, salt: secret.salt(unit.id).hex,
      path: sealed.tree.path(to: slot + 1).map(\.hex), outcome: Seal.outcomeText(unit),
      outcomeSalt: secret.outcomeSalt(unit.id).hex, outcomePath: outcomes.path(to: slot).map(\.hex))
  }
}

/// What a proof shows once it has been checked.
public struct ProofFinding: Hashable, Sendable {
  /// The unit that the proof is about.
  public let id: String
  /// Whether the scored draw took it.
  public let isScored: Bool
  /// Whether the random arm took it.
  public let isRandom: Bool
  /// Of the scored draw.
  public let inclusionProbability: Double
  /// Whether the scored outcome follows from seed, id and committed probability (Pareto: and the published cut); for
  /// pivotal draws it was only committed to, and follows from the revealed frame.
  public let followsFromTicket: Bool
  /// Of the seal; it is the one to hold against what was published.
  public let root: SHA256Digest
  /// Of the opening record, to be held against what was published.
  public let openingDigest: SHA256Digest
  /// As committed to before the beacon.
  public let header: SealHeader
  /// As read from the record; its seed follows from root and beacon.
  public let opening: OpeningFacts
}

extension DrawProof {
  /// Checks every step. - Throws: `Problem` that names the first step that fails.
  public func check() throws(Problem) -> ProofFinding {
    guard format == DrawProof.format, let rootDigest = SHA256Digest(hex: root) else {
      throw refusal("it is not a proof by the rules this program knows (\(DrawProof.format))")
    }
    let sealHeader = try SealHeader(lines: header)
    guard leaves == sealHeader.units + 1, leads(sealHeader.bytes, at: 0, of: leaves, by: headerPath, to: root) else {
      throw refusal("the header does not lead to the root")
    }
    guard let pi = Double(bitText: probabilityBits), pi > 0, pi <= 1, let saltDigest = SHA256Digest(hex: salt),
      leaf > 0,
      leads(
        SealedFrame.leaf(id: id, inclusionProbability: pi, pool: pool, salt: saltDigest), at: leaf, of: leaves,
        by: path, to: root)
    else { throw refusal("id, probability, pool and salt do not lead to the root") }
    guard Double(inclusionProbability) == pi else {
      throw refusal("inclusion_probability \(inclusionProbability) is not the number of its bits")
    }
    let record = Opening(lines: opening)
    let facts = try record.read()
    try check(facts, of: sealHeader, root: rootDigest)
    guard let outcomeDigest = SHA256Digest(hex: outcomeSalt),
      leads(
        Seal.outcomeLeaf(outcome, id: id, salt: outcomeDigest), at: leaf - 1, of: leaves - 1, by: outcomePath,
        to: facts.outcomes.hex)
    else { throw refusal("the outcome does not lead to the opening's root of outcomes") }
    let parts = outcome.split(separator: ",")
    guard parts.count == 3, ["0", "1"].contains(parts[0]), ["0", "1"].contains(parts[1]) else {
      throw refusal("the outcome \"\(outcome)\" is not of the form 1,0,-")
    }
    let (isScored, isRandom) = (parts[0] == "1", parts[1] == "1")
    let follows = try checkScored(isScored, pi: pi, plan: sealHeader.plan, facts)
    try checkRandom(isRandom, plan: sealHeader.plan, facts)
    return ProofFinding(
      id: id, isScored: isScored, isRandom: isRandom, inclusionProbability: pi, followsFromTicket: follows,
      root: rootDigest, openingDigest: record.digest, header: sealHeader, opening: facts)
  }

  private func check(_ facts: OpeningFacts, of header: SealHeader, root: SHA256Digest) throws(Problem) {
    guard facts.root == root else { throw refusal("the opening is of another seal") }
    guard facts.seed == Seal.seed(root: root, beacon: facts.beacon) else {
      throw refusal("the seed is not the hash of root and beacon")
    }
    guard
      let beacon = [header.beacon, header.fallback].compactMap(\.self).first(where: { $0.source == facts.beaconSource })
    else { throw refusal("the beacon \"\(facts.beaconSource)\" is not one the seal names") }
    try Seal.check(beacon, sealedAt: header.sealedAt, seenAt: facts.seenAt)
  }

  /// - Returns: Whether the outcome could be checked from this file.
  private func checkScored(
    _ isScored: Bool, pi: Double, plan: DrawPlan, _ facts: OpeningFacts
  ) throws(Problem) -> Bool {
    let ticket = Frame.ticket(seed: facts.seed, id: id)
    let expected: Bool
    if pi == 1 {
      expected = true
    } else if plan.method == .poisson {
      expected = ticket.isBelow(probability: pi)
    } else if plan.method == .pareto {
      guard let cut = facts.cuts.first(where: { $0.pool == pool }) else {
        throw refusal("the opening names no cut for the pool \"\(pool)\"")
      }
      guard let rank = cut.rank else { return false }
      expected = ParetoRank(ticket: ticket, probability: pi).isAtMost(rank)
    } else {
      return false
    }
    guard expected == isScored else {
      throw refusal(
        "by its ticket \(ticket.hex) the unit is \(expected ? "drawn" : "not drawn"), and it says otherwise")
    }
    return true
  }

  private func checkRandom(_ isRandom: Bool, plan: DrawPlan, _ facts: OpeningFacts) throws(Problem) {
    guard plan.randomUnits > 0 else {
      guard !isRandom else { throw refusal("the draw has no random arm") }
      return
    }
    guard let cut = facts.randomCut else { throw refusal("the opening names no cut for the random arm") }
    let ticket = Frame.ticket(seed: "\(facts.seed),random", id: id)
    guard (ticket < cut || ticket == cut) == isRandom else {
      throw refusal("by its random ticket \(ticket.hex) the unit is \(isRandom ? "not " : "")in the random arm")
    }
  }

  private func leads(_ data: [UInt8], at leaf: Int, of count: Int, by path: [String], to root: String) -> Bool {
    let digests = path.compactMap { SHA256Digest(hex: $0) }
    guard digests.count == path.count else { return false }
    return MerkleTree.root(of: data, at: leaf, of: count, path: digests)?.hex == root
  }

  private func refusal(_ what: String) -> Problem {
    Problem(
      "the proof does not hold: \(what)",
      remedy: "ask for the proof again; if it still fails, the draw was not as sealed")
  }
}
