public import Enterprises
public import Geometry
internal import Randomness

/// Why two entries of a register may be one firm.
public struct DuplicateGrounds: OptionSet, Hashable, Sendable {
  /// Sum of the bits below; files use `words`.
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// One credit code on two rows.
  public static let sameCode = DuplicateGrounds(rawValue: 1)
  /// Characters 9 to 17, which belong to one organisation for life, are the same; class or area differ.
  public static let sameSubject = DuplicateGrounds(rawValue: 2)
  /// The first 17 characters differ by one character or one swap of neighbours.
  public static let codeOneEdit = DuplicateGrounds(rawValue: 4)
  /// Equal names without places and legal forms.
  public static let sameName = DuplicateGrounds(rawValue: 8)
  /// Such names one character apart, numbers equal.
  public static let similarName = DuplicateGrounds(rawValue: 16)
  /// Equal addresses with a number in them.
  public static let sameAddress = DuplicateGrounds(rawValue: 32)

  /// As files name them, joined by `+`.
  public var words: String {
    let names: [(DuplicateGrounds, String)] = [
      (.sameCode, "same-code"), (.sameSubject, "same-organisation"), (.codeOneEdit, "code-one-edit"),
      (.sameName, "same-name"), (.similarName, "similar-name"), (.sameAddress, "same-address"),
    ]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: "+")
  }
}

/// Two rows of a register that may be one firm. Nothing is merged: a person decides.
public struct DuplicatePair: Hashable, Sendable {
  /// Positions in the register, `first < second`.
  public let first: Int
  /// The later of the two rows.
  public let second: Int
  /// All that speak for one firm; at least one.
  public let grounds: DuplicateGrounds
  /// Metres of the plane; `nil` when one of them has no position.
  public let distanceMetres: Double?
}

/// Finds rows of a register that may be one firm.
public struct NearDuplicates: Sendable {
  /// Names, similar names and addresses count up to this distance; without positions, within one county.
  public var withinMetres = 2000.0
  /// Up to so many rows that agree, every pair is listed; of more, each with the first.
  public var largestGroup = 12
  /// Rows at one address from which the address says nothing: a park or an agent.
  public var crowdedAddress = 12
  /// Characters a name's key must have before names one character apart are compared.
  public var shortestSimilarName = 4

  public init() {}

  /// - Parameters:
  ///   - points: Of each firm; `nil` without a position.
  ///   - names: Knows the places that names begin with.
  /// - Returns: Pairs ascending by first, then by second.
  /// - Complexity: O(n · L log n) for names of L characters: 100,000 firms take seconds.
  public func pairs(_ firms: [Enterprise], points: [PlanePoint?], names: CompanyName) -> [DuplicatePair] {
    precondition(firms.count == points.count, "one point per firm")
    var found = Found(firms: firms, points: points, rules: self)
    found.addCodes()
    found.addNames(names)
    found.addAddresses()
    return found.pairs
  }

  /// Whether two texts differ by at most one character put in, left out or changed.
  static func isOneEdit(_ a: [UInt32], _ b: [UInt32]) -> Bool {
    let (short, long) = a.count <= b.count ? (a, b) : (b, a)
    guard long.count - short.count <= 1 else { return false }
    var k = 0
    while k < short.count, short[k] == long[k] { k += 1 }
    if short.count == long.count { return short[min(k + 1, short.count)...] == long[min(k + 1, long.count)...] }
    return short[k...] == long[(k + 1)...]
  }
}

/// A hash of some part of a row, with the row.
private struct Keyed: Comparable {
  let hash: UInt64
  let row: Int32
  static func < (a: Keyed, b: Keyed) -> Bool { (a.hash, a.row) < (b.hash, b.row) }
}

/// Pairs in the making.
private struct Found {
  let firms: [Enterprise]
  let points: [PlanePoint?]
  let rules: NearDuplicates
  private var grounds: [UInt64: DuplicateGrounds] = [:]

  init(firms: [Enterprise], points: [PlanePoint?], rules: NearDuplicates) {
    self.firms = firms
    self.points = points
    self.rules = rules
  }

  var pairs: [DuplicatePair] {
    grounds.keys.sorted().compactMap { key in
      grounds[key].map {
        let (a, b) = (Int(key >> 32), Int(key & 0xFFFF_FFFF))
        return DuplicatePair(first: a, second: b, grounds: $0, distanceMetres: distance(a, b))
      }
    }
  }

  private mutating func add(_ a: Int32, _ b: Int32, _ ground: DuplicateGrounds) {
    let key = UInt64(min(a, b)) << 32 | UInt64(max(a, b))
    grounds[key, default: []].insert(ground)
  }

  private func distance(_ a: Int, _ b: Int) -> Double? {
    guard let p = points[a], let q = points[b] else { return nil }
    return ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).squareRoot()
  }

  /// Near enough to be one firm; an unknown position or county speaks neither for nor against.
  private func areNear(_ a: Int32, _ b: Int32) -> Bool {
    if let distance = distance(Int(a), Int(b)) {
      let slack = (firms[Int(a)].uncertainty?.radiusMetres ?? 0) + (firms[Int(b)].uncertainty?.radiusMetres ?? 0)
      return distance <= rules.withinMetres + slack
    }
    guard let first = firms[Int(a)].countyCode, let second = firms[Int(b)].countyCode else { return true }
    return first == second
  }

  /// Calls `body` with every run of equal hashes of two rows and more.
  private func eachRun(_ keyed: [Keyed], _ body: (ArraySlice<Keyed>) -> Void) {
    let sorted = Self.inOrder(keyed)
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].hash == sorted[start].hash { end += 1 }
      if end - start > 1 { body(sorted[start..<end]) }
      start = end
    }
  }

  /// Sorted: dealt by the first bits of their hashes into about as many drawers as there are rows, then drawer by drawer.
  ///
  /// - Complexity: O(n), as hashes are spread evenly; equal ones cost as much as sorting them.
  private static func inOrder(_ keyed: [Keyed]) -> [Keyed] {
    guard keyed.count > 64 else { return keyed.sorted() }
    let bits = min(22, Int.bitWidth - keyed.count.leadingZeroBitCount)
    let shift = UInt64(64 - bits)
    var ends = [Int32](repeating: 0, count: 1 << bits)
    for entry in keyed { ends[Int(truncatingIfNeeded: entry.hash >> shift)] += 1 }
    var sum: Int32 = 0
    for drawer in ends.indices {
      let count = ends[drawer]
      ends[drawer] = sum
      sum += count
    }
    var sorted = keyed
    for entry in keyed {
      let drawer = Int(truncatingIfNeeded: entry.hash >> shift)
      sorted[Int(ends[drawer])] = entry
      ends[drawer] += 1
    }
    // Now every entry of `ends` is where its drawer ends.
    sorted.withUnsafeMutableBufferPointer { buffer in
      var start = 0
      for end in ends {
        var drawer = UnsafeMutableBufferPointer(rebasing: buffer[start..<Int(end)])
        if drawer.count > 1 { drawer.sort() }
        start = Int(end)
      }
    }
    return sorted
  }

  /// Pairs of a run: all of a small one, each with the first of a large one.
  private func eachPair(_ run: ArraySlice<Keyed>, _ body: (Int32, Int32) -> Void) {
    if run.count <= rules.largestGroup {
      for i in run.indices {
        for j in run.indices where j > i && run[i].row != run[j].row { body(run[i].row, run[j].row) }
      }
    } else {
      for entry in run.dropFirst() where entry.row != run[run.startIndex].row {
        body(run[run.startIndex].row, entry.row)
      }
    }
  }

  // MARK: Codes

  mutating func addCodes() {
    let codes = firms.map { Array($0.creditCode.utf8) }
    let rows = codes.indices.filter { codes[$0].count == 18 }
    var found: [(Int32, Int32, DuplicateGrounds)] = []
    eachRun(rows.map { Keyed(hash: Hash.of(codes[$0]), row: Int32($0)) }) { run in
      eachPair(run) { a, b in if codes[Int(a)] == codes[Int(b)] { found.append((a, b, .sameCode)) } }
    }
    eachRun(rows.map { Keyed(hash: Hash.of(codes[$0][8..<17]), row: Int32($0)) }) { run in
      eachPair(run) { a, b in
        let (first, second) = (codes[Int(a)], codes[Int(b)])
        if first != second, first[8..<17] == second[8..<17] { found.append((a, b, .sameSubject)) }
      }
    }
    // A wildcard at one place, and an unordered pair at two neighbouring places: equal hashes are one edit apart.
    let full = rows.map { Hash.positional(codes[$0][..<17]) }
    let letters = rows.flatMap { codes[$0] }
    for place in 0..<17 {
      let masked = rows.indices.map { k in
        Keyed(hash: full[k] &- Hash.term(letters[k * 18 + place], place), row: Int32(rows[k]))
      }
      eachRun(masked) { run in
        eachPair(run) { a, b in
          let differing = (0..<17).filter { codes[Int(a)][$0] != codes[Int(b)][$0] }
          if differing == [place] { found.append((a, b, .codeOneEdit)) }
        }
      }
      guard place < 16 else { continue }
      let swapped = rows.indices.map { k in
        let (x, y) = (letters[k * 18 + place], letters[k * 18 + place + 1])
        let rest = full[k] &- Hash.term(x, place) &- Hash.term(y, place + 1)
        return Keyed(hash: rest &+ Hash.mixed(UInt64(min(x, y)) << 8 | UInt64(max(x, y))), row: Int32(rows[k]))
      }
      eachRun(swapped) { run in
        eachPair(run) { a, b in
          let (first, second) = (codes[Int(a)], codes[Int(b)])
          if first[place] != first[place + 1], first[place] == second[place + 1], first[place + 1] == second[place],
            (0..<17).allSatisfy({ $0 == place || $0 == place + 1 || first[$0] == second[$0] })
          {
            found.append((a, b, .codeOneEdit))
          }
        }
      }
    }
    for (a, b, ground) in found { add(a, b, ground) }
  }

  // MARK: Names and addresses

  mutating func addNames(_ names: CompanyName) {
    let keys = firms.map { names.key($0.name) }
    let plain = firms.map { CompanyName.plain($0.name) }
    var found: [(Int32, Int32, DuplicateGrounds)] = []
    let rows = keys.indices.filter { keys[$0].count >= 2 }
    // Legal names are unique where they are registered: written the same, they count however far apart.
    eachRun(rows.map { Keyed(hash: Hash.of(plain[$0]), row: Int32($0)) }) { run in
      eachPair(run) { a, b in if plain[Int(a)] == plain[Int(b)] { found.append((a, b, .sameName)) } }
    }
    eachRun(rows.map { Keyed(hash: Hash.of(keys[$0]), row: Int32($0)) }) { run in
      eachNearPair(run) { a, b in if keys[Int(a)] == keys[Int(b)] { found.append((a, b, .sameName)) } }
    }
    // Keys with one character left out, numbers kept whole: two keys one edit apart share at least one of them.
    var shortened: [Keyed] = []
    for row in rows where keys[row].count >= rules.shortestSimilarName {
      let key = keys[row]
      shortened.append(Keyed(hash: Hash.of(key), row: Int32(row)))
      for place in key.indices where !Self.isDigit(key[place]) {
        if place > 0, key[place] == key[place - 1] { continue }
        shortened.append(Keyed(hash: Hash.of(key, leavingOut: place), row: Int32(row)))
      }
    }
    eachRun(shortened) { run in
      eachNearPair(run) { a, b in
        let (first, second) = (keys[Int(a)], keys[Int(b)])
        if first != second, Self.digits(first) == Self.digits(second), NearDuplicates.isOneEdit(first, second) {
          found.append((a, b, .similarName))
        }
      }
    }
    for (a, b, ground) in found { add(a, b, ground) }
  }

  mutating func addAddresses() {
    let addresses = firms.map { $0.address.map(CompanyName.plain) ?? [] }
    let rows = addresses.indices.filter { addresses[$0].count >= 6 && addresses[$0].contains(where: Self.isDigit) }
    var found: [(Int32, Int32)] = []
    eachRun(rows.map { Keyed(hash: Hash.of(addresses[$0]), row: Int32($0)) }) { run in
      guard run.count <= rules.crowdedAddress else { return }
      eachPair(run) { a, b in
        if addresses[Int(a)] == addresses[Int(b)], areNear(a, b) { found.append((a, b)) }
      }
    }
    for (a, b) in found { add(a, b, .sameAddress) }
  }

  /// Near pairs of a run. A name that hundreds bear is common: its bearers are then compared along one axis only as far
  /// as the distance reaches, so that a common name costs no square.
  private func eachNearPair(_ run: ArraySlice<Keyed>, _ body: (Int32, Int32) -> Void) {
    guard run.count > rules.largestGroup else {
      eachPair(run) { a, b in if areNear(a, b) { body(a, b) } }
      return
    }
    let reach = rules.withinMetres + 2000
    let placed = run.compactMap { entry in points[Int(entry.row)].map { (x: $0.x, row: entry.row) } }
      .sorted { ($0.x, $0.row) < ($1.x, $1.row) }
    for i in placed.indices {
      var j = i + 1
      while j < placed.count, placed[j].x - placed[i].x <= reach, j - i <= 200 {
        if placed[i].row != placed[j].row, areNear(placed[i].row, placed[j].row) { body(placed[i].row, placed[j].row) }
        j += 1
      }
    }
  }

  private static func isDigit(_ scalar: UInt32) -> Bool { (0x30...0x39).contains(scalar) }

  private static func digits(_ key: [UInt32]) -> [UInt32] { key.filter(isDigit) }
}

/// Hashes whose equality is always checked afterwards.
private enum Hash {
  static func mixed(_ value: UInt64) -> UInt64 { SplitMix64.mixed(value &+ SplitMix64.increment) }

  static func of(_ text: some Collection<some FixedWidthInteger>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for element in text { hash = (hash ^ UInt64(truncatingIfNeeded: element)) &* 0x100_0000_01B3 }
    return mixed(hash)
  }

  static func of(_ text: [UInt32], leavingOut place: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for k in text.indices where k != place { hash = (hash ^ UInt64(text[k])) &* 0x100_0000_01B3 }
    return mixed(hash)
  }

  /// A sum of terms by place, so that one place can be taken out.
  static func positional(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var sum: UInt64 = 0
    for (place, byte) in bytes.enumerated() { sum &+= term(byte, place) }
    return sum
  }

  static func term(_ byte: UInt8, _ place: Int) -> UInt64 { mixed(UInt64(place) << 8 | UInt64(byte)) }
}
