internal import Randomness

/// Parts of the data that are left out in turn; a group is never cut.
enum Folds {
  /// The fold of each row, 0..<folds.
  ///
  /// Groups are shuffled by a seeded stream and dealt out in turn, each to the fold with the fewest rows so far.
  static func assign(groups: [Int], folds: Int, seed: UInt64) -> [Int] {
    let count = (groups.max() ?? -1) + 1
    var sizes = [Int](repeating: 0, count: count)
    for group in groups { sizes[group] += 1 }
    var order = Array(0..<count)
    var stream = RandomStream(seed: seed, slot: 0, replicate: 1)
    for k in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(k, Int(stream.number(below: UInt64(k + 1))))
    }
    var filled = [Int](repeating: 0, count: folds)
    var foldOf = [Int](repeating: 0, count: count)
    for group in order where sizes[group] > 0 {
      let fold = filled.indices.min { (filled[$0], $0) < (filled[$1], $1) } ?? 0
      foldOf[group] = fold
      filled[fold] += sizes[group]
    }
    return groups.map { foldOf[$0] }
  }

  /// Numbers for names, in the order of the names.
  static func numbers(_ names: [String]) -> [Int] {
    let order = Dictionary(uniqueKeysWithValues: Set(names).sorted().enumerated().map { ($1, $0) })
    return names.map { order[$0] ?? 0 }
  }

  /// Joins groups that share a name of the other kind, so that neither is ever cut; numbers in order of appearance.
  static func joined(_ first: [String], _ second: [String]) -> [Int] {
    let a = numbers(first)
    let b = numbers(second)
    let offset = (a.max() ?? -1) + 1
    var parent = Array(0..<(offset + (b.max() ?? -1) + 1))
    func root(_ k: Int) -> Int {
      var k = k
      while parent[k] != k {
        parent[k] = parent[parent[k]]
        k = parent[k]
      }
      return k
    }
    for (x, y) in zip(a, b) { parent[root(x)] = root(offset + y) }
    var seen: [Int: Int] = [:]
    return a.map { k in
      let top = root(k)
      if let number = seen[top] { return number }
      seen[top] = seen.count
      return seen.count - 1
    }
  }
}
