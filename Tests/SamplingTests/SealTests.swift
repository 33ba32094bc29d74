import Diagnostics
import Digests
import Foundation
import Quantities
import TestSupport
import Testing

@testable import Sampling

@Suite struct MerkleTreeTests {
  /// The eight leaves of the test vectors that Certificate Transparency implementations share.
  static let leaves: [[UInt8]] = [
    [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
    [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F],
  ]
  static let roots = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  @Test func `roots are those of Certificate Transparency`() {
    for count in 1...8 {
      #expect(MerkleTree(Array(Self.leaves.prefix(count))).root.hex == Self.roots[count - 1])
    }
  }

  @Test func `every path leads to the root and to no other place`() {
    for count in [1, 2, 3, 5, 6, 7, 8, 13, 33] {
      let leaves = (0..<count).map { [UInt8($0)] }
      let tree = MerkleTree(leaves)
      for leaf in 0..<count {
        let path = tree.path(to: leaf)
        #expect(MerkleTree.root(of: leaves[leaf], at: leaf, of: count, path: path) == tree.root)
        for other in 0..<count where other != leaf {
          #expect(MerkleTree.root(of: leaves[leaf], at: other, of: count, path: path) != tree.root)
        }
        #expect(MerkleTree.root(of: leaves[leaf], at: leaf, of: count, path: path + [tree.root]) == nil)
        #expect(MerkleTree.root(of: [255], at: leaf, of: count, path: path) != tree.root)
      }
    }
  }
}

/// A frame sealed at noon for a beacon ten minutes later.
struct Sealed {
  static let noon = Instant(secondsSinceEpoch: 1_763_784_000)
  static let secret = SealSecret(bytes: [UInt8](1...32))
  static let value = "8b1a9953c4611296a827abf8c47804d7e6c49c6bbdfa5e2ffe6c4ae2b8a5d5c1"

  let frame: Frame
  let plan: DrawPlan
  let seal: Seal
  let due: Instant

  init(_ method: DrawMethod = .pareto, quotas: [String] = []) throws {
    frame = try Frame(
      (0..<30).map { (number: Int) -> FrameUnit in
        let position = FramePosition(x: Double(number * 37 % 11), y: Double(number))
        return FrameUnit(
          id: "E-\(number), 裕华", score: Double(number % 6 + 1), city: "c\(number % 2)", position: position)
      })
    var plan = DrawPlan(size: 9, method: method, floor: 0.05)
    plan.quotas = quotas.compactMap { Quota(text: $0) }
    plan.randomUnits = 4
    plan.reserve = 2
    self.plan = plan
    let beacon = try Beacon(
      source: Beacon.quicknet(from: Instant(secondsSinceEpoch: Self.noon.secondsSinceEpoch + 600)), due: nil)
    due = beacon.due
    seal = try frame.seal(
      plan: plan, beacon: beacon,
      fallback: try Beacon(source: "dice in public", due: Instant(secondsSinceEpoch: due.secondsSinceEpoch + 3600)),
      policyHash: nil, sealedAt: Self.noon, secret: Self.secret)
  }

  func open(_ seal: Seal? = nil) throws -> Seal.Opened {
    try (seal ?? self.seal).open(frame: frame, secret: Self.secret, beaconHex: Self.value, seenAt: due)
  }
}

@Suite struct SealTests {
  @Test func `rounds of drand quicknet have their published times`() throws {
    #expect(try Beacon(source: "drand quicknet round 1", due: nil).due.secondsSinceEpoch == 1_692_803_367)
    #expect(try Beacon(source: "drand quicknet round 1000", due: nil).due.secondsSinceEpoch == 1_692_806_364)
    for moment in [1_692_803_367, 1_692_803_368, 1_763_784_001] as [Int64] {
      let at = Instant(secondsSinceEpoch: moment)
      let due = try Beacon(source: Beacon.quicknet(from: at), due: nil).due
      #expect(due >= at && due.secondsSinceEpoch < moment + 3)
    }
    #expect(throws: Problem.self) { try Beacon(source: "drand quicknet round 0", due: nil) }
    #expect(throws: Problem.self) { try Beacon(source: "dice", due: nil) }
    #expect(throws: Problem.self) {
      try Beacon(source: "drand quicknet round 5", due: Instant(secondsSinceEpoch: 1_692_803_367))
    }
  }

  @Test func `the seed is the hash of root and beacon`() throws {
    let sealed = try Sealed()
    let opened = try sealed.open()
    let root = try #require(SHA256Digest(hex: sealed.seal.root)).bytes
    let beacon = try #require(SHA256Digest(hex: Sealed.value)).bytes
    #expect(opened.result.seed == SHA256Digest(of: root + beacon).hex)
    #expect(try opened.result == sealed.frame.draw(plan: sealed.plan, seed: opened.result.seed))
  }

  @Test func `a seal says nothing that the secret does not give`() throws {
    let sealed = try Sealed()
    let other = try sealed.frame.seal(
      plan: sealed.plan, beacon: sealed.seal.readHeader().beacon, sealedAt: Sealed.noon,
      secret: SealSecret(bytes: [UInt8](repeating: 9, count: 32)))
    #expect(other.root != sealed.seal.root)
    #expect(try other.readHeader().frame != sealed.seal.readHeader().frame)
    #expect(!sealed.seal.header.joined().contains("E-"))
  }

  @Test func `a beacon that could be known is refused, at the seal and at the opening`() throws {
    let sealed = try Sealed()
    let known = try Beacon(source: "dice", due: Sealed.noon)
    #expect(throws: Problem.self) {
      try sealed.frame.seal(plan: sealed.plan, beacon: known, sealedAt: Sealed.noon, secret: Sealed.secret)
    }
    let problem = #expect(throws: Problem.self) {
      try sealed.seal.open(
        frame: sealed.frame, secret: Sealed.secret, beaconHex: Sealed.value,
        seenAt: Instant(secondsSinceEpoch: sealed.due.secondsSinceEpoch - 1))
    }
    #expect(problem?.problem.contains("before") == true)
  }

  @Test func `whatever is changed after the seal is named`() throws {
    let sealed = try Sealed()
    var units = sealed.frame.units
    units[3] = FrameUnit(
      id: units[3].id, score: units[3].score.nextUp, city: units[3].city, position: units[3].position)
    let touched = try Frame(units)
    func message(_ frame: Frame, _ secret: SealSecret, _ seal: Seal) -> String {
      do { _ = try seal.open(frame: frame, secret: secret, beaconHex: Sealed.value, seenAt: sealed.due) } catch {
        return (error as? Problem)?.problem ?? "\(error)"
      }
      return "opened"
    }
    #expect(message(sealed.frame, Sealed.secret, sealed.seal) == "opened")
    #expect(message(touched, Sealed.secret, sealed.seal).contains("frame is not the one"))
    #expect(
      message(sealed.frame, SealSecret(bytes: [UInt8](repeating: 0, count: 32)), sealed.seal)
        .contains("secret is not the one"))
    for line in sealed.seal.header.indices {
      var header = sealed.seal.header
      header[line] += header[line].hasSuffix("1") ? "0" : "1"
      let changed = Seal(header: header, leaves: sealed.seal.leaves, root: sealed.seal.root)
      #expect(message(sealed.frame, Sealed.secret, changed) != "opened", "\(header[line])")
    }
    #expect(
      message(
        sealed.frame, Sealed.secret,
        Seal(header: sealed.seal.header, leaves: 31, root: String(sealed.seal.root.reversed()))
      ).contains("root"))
  }

  @Test func `a header whose bytes could be read as other lines is refused`() throws {
    let sealed = try Sealed()
    var header = sealed.seal.header
    // The same bytes when joined, one line fewer.
    let last = header.removeLast()
    header[header.count - 1] += "\n" + last
    let joined = Seal(header: header, leaves: sealed.seal.leaves, root: sealed.seal.root)
    #expect(throws: Problem.self) { try joined.readHeader() }
    var plan = DrawPlan(size: 3)
    plan.quotas = [Quota(column: .city, group: "c0\nrandom: 0", minimum: .units(1), maximum: nil, isExact: false)]
    let frame = try Frame((0..<9).map { FrameUnit(id: "u\($0)", score: 1, city: "c0\nrandom: 0") })
    #expect(throws: Problem.self) {
      try frame.seal(
        plan: plan, beacon: sealed.seal.readHeader().beacon, sealedAt: Sealed.noon, secret: Sealed.secret)
    }
  }

  @Test func `the fallback opens only by its own time`() throws {
    let sealed = try Sealed()
    #expect(throws: Problem.self) {
      try sealed.seal.open(
        frame: sealed.frame, secret: Sealed.secret, beaconHex: "0316", usesFallback: true, seenAt: sealed.due)
    }
    let later = Instant(secondsSinceEpoch: sealed.due.secondsSinceEpoch + 3600)
    let opened = try sealed.seal.open(
      frame: sealed.frame, secret: Sealed.secret, beaconHex: "0316", usesFallback: true, seenAt: later)
    #expect(try opened.opening.read().beaconSource == "dice in public")
    _ = try opened.proof(id: sealed.frame.units[0].id).check()
  }

  @Test(arguments: DrawMethod.allCases)
  func `every unit, drawn or not, has a proof that holds`(method: DrawMethod) throws {
    let sealed = try Sealed(method, quotas: method == .pareto ? ["city:c0,count=5"] : [])
    let opened = try sealed.open()
    for unit in opened.result.units {
      let finding = try opened.proof(id: unit.id).check()
      #expect(finding.isScored == unit.isScored && finding.isRandom == unit.isRandom)
      #expect(finding.inclusionProbability == unit.inclusionProbability)
      #expect(finding.followsFromTicket == (method == .pareto || method == .poisson || unit.inclusionProbability == 1))
    }
    #expect(throws: Problem.self) { try opened.proof(id: "E-99") }
  }

  /// The proof with one member replaced.
  private func changed(_ proof: DrawProof, _ key: String, _ change: (Any) -> Any) throws -> DrawProof {
    let data = try JSONEncoder().encode(proof)
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    object[key] = change(try #require(object[key]))
    return try JSONDecoder().decode(DrawProof.self, from: JSONSerialization.data(withJSONObject: object))
  }

  @Test func `a proof with any member changed does not hold`() throws {
    let sealed = try Sealed()
    let opened = try sealed.open()
    let proof = try opened.proof(id: sealed.frame.units[4].id)
    for key in ["format", "id", "inclusion_probability", "probability_bits", "pool", "salt", "outcome_salt", "root"] {
      let other = try changed(proof, key) { value in
        let text = (value as? String) ?? ""
        // The last digit of a decimal may be one too many.
        if key == "inclusion_probability" { return "0.5" }
        return text.isEmpty ? "x" : text.dropLast() + (text.hasSuffix("1") ? "2" : "1")
      }
      #expect(throws: Problem.self, "\(key)") { try other.check() }
    }
    for key in ["leaf", "leaves"] {
      let other = try changed(proof, key) { (($0 as? Int) ?? 0) + 1 }
      #expect(throws: Problem.self, "\(key)") { try other.check() }
    }
    for key in ["header", "opening", "path", "header_path", "outcome_path"] {
      let count =
        (try JSONSerialization.jsonObject(with: JSONEncoder().encode(proof)) as? [String: Any])?[key] as? [String]
      for place in (count ?? []).indices {
        // What was seen later than due, or a count that no proof of one unit can know, may differ.
        if key == "opening", let line = count?[place], line.hasPrefix("drawn: ") || line.hasPrefix("beacon-seen: ") {
          continue
        }
        let other = try changed(proof, key) { value in
          var lines = (value as? [String]) ?? []
          // The front of a cut moves it far; its last bit could leave every unit where it is.
          lines[place] = lines[place].hasPrefix("cut: ") ? "cut: 7f" + lines[place].dropFirst(7) : flipped(lines[place])
          return lines
        }
        if key == "opening", count?[place].hasPrefix("cut: ") == true, opened.result.units[4].isScored { continue }
        if key == "opening", count?[place].hasPrefix("random-cut: ") == true { continue }
        #expect(throws: Problem.self, "\(key) \(place)") { try other.check() }
      }
    }
    let lie = try changed(proof, "outcome") { _ in opened.result.units[4].isScored ? "0,0,-" : "1,0,-" }
    #expect(throws: Problem.self) { try lie.check() }
  }

  private func flipped(_ text: String) -> String { text.dropLast() + (text.hasSuffix("1") ? "2" : "1") }

  @Test(.enabled(if: DrawVerificationTests.hasPython, "python3 is not installed"))
  func `the Python verifier accepts the proofs of all methods and refuses a lie`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var names: [String] = []
    for method in DrawMethod.allCases {
      let sealed = try Sealed(method)
      let opened = try sealed.open()
      for slot in 0..<30 {
        let proof = try opened.proof(id: sealed.frame.units[slot].id)
        let name = "\(method.rawValue)\(slot).json"
        try JSONEncoder().encode(proof).write(to: folder.appending(path: name))
        names.append(name)
        if method == .pareto, slot == 4 {
          let lie = try changed(proof, "probability_bits") { _ in "3fe0000000000000" }
          try JSONEncoder().encode(lie).write(to: folder.appending(path: "lie.json"))
        }
      }
    }
    try Data(names.joined(separator: "\n").utf8).write(to: folder.appending(path: "cases.txt"))
    let good = try PythonVerifier.run(
      "import verify_draw\nfor line in open('cases.txt'):\n    verify_draw.main_proof(line.strip())", in: folder)
    #expect(good.status == 0, Comment(rawValue: good.text))
    #expect(good.text.split(separator: "\n").count == 120)
    let bad = try PythonVerifier.run("import verify_draw\nverify_draw.main_proof('lie.json')", in: folder)
    #expect(bad.status == 1 && bad.text.contains("do not lead to the root"))
  }
}
