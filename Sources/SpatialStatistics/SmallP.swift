internal import Threads

/// How many p fall into each of many steps up to 0.1: enough to say which p passes a correction without sorting them all.
///
/// Let K be the largest rank with p(K) ≤ line(K), and let C be the number of p up to the upper end of a step. No p of the
/// step can pass where the step begins above line(C), because the line does not fall. So the steps are gone through from the
/// largest p down, and the p of the first steps that may pass are sorted, a few of many.
struct SmallP: Sendable {
  /// Pairs of z and p.
  let tests: Int
  private let z: [Double]
  private let p: [Double]
  /// p up to the end of each step.
  private let upTo: [Int]

  /// No p above the largest rate can pass; the ranks of the smaller ones are the same without them.
  private static let largest = 0.1
  private static let stepsPerUnit = 20_480.0
  /// The last one holds 0.1 itself.
  private static let steps = 2049

  @inline(__always)
  private static func step(_ p: Double) -> Int { Int(p * stepsPerUnit) }

  /// - Parameters:
  ///   - z: NaN where there is none, as in `p`: such slots are not tests.
  ///   - p: 0...1.
  init(z: [Double], p: [Double], threads: Int) {
    self.z = z
    self.p = p
    let blocks = (z.count + slotsPerBlock - 1) / slotsPerBlock
    let pieces = min(blocks, 8)
    let found = mapConcurrently(pieces, threads: threads) { piece in
      let slots =
        blocks * piece / pieces * slotsPerBlock..<min(z.count, blocks * (piece + 1) / pieces * slotsPerBlock)
      return z.withUnsafeBufferPointer { z in
        p.withUnsafeBufferPointer { p in
          // Beyond the steps: tests with larger p, and slots that are no tests.
          var counts = [Int32](repeating: 0, count: Self.steps + 2)
          counts.withUnsafeMutableBufferPointer { counts in
            for slot in slots {
              // A NaN equals nothing, itself included, and passes no comparison.
              let isTested = z[slot] == z[slot] && p[slot] == p[slot]
              let isSmall = p[slot] <= Self.largest
              let step = Self.step(isSmall ? p[slot] : 0)
              counts[isTested ? isSmall ? step : Self.steps : Self.steps + 1] += 1
            }
          }
          return counts
        }
      }
    }
    var upTo: [Int] = []
    upTo.reserveCapacity(Self.steps)
    var total = 0
    for step in 0..<Self.steps {
      total += found.reduce(0) { $0 + Int($1[step]) }
      upTo.append(total)
    }
    self.upTo = upTo
    tests = total + found.reduce(0) { $0 + Int($1[Self.steps]) }
  }

  /// The largest p that passes each line.
  ///
  /// - Parameter lines: Largest p allowed at a rank; none falls, and none is above 0.1.
  /// - Returns: `nil` for a line that no p passes.
  func thresholds(_ lines: [(Int) -> Double], threads: Int) -> [Double?] {
    var limits = [Double?](repeating: nil, count: lines.count)
    // The next step to look at; below 0 when a line is done.
    var next = lines.map { _ in Self.steps - 1 }
    while true {
      var looked = next.map { _ in 0..<0 }
      var isWanted = [Bool](repeating: false, count: Self.steps)
      for k in lines.indices {
        looked[k] = candidates(lines[k], from: next[k])
        for step in looked[k] { isWanted[step] = true }
      }
      guard looked.contains(where: { !$0.isEmpty }) else { return limits }
      let all = gathered(isWanted, threads: threads)
      for k in lines.indices where !looked[k].isEmpty {
        var own = all.filter { looked[k].contains(Self.step($0)) }
        if passesWhole(looked[k].upperBound - 1, lines[k]) {
          limits[k] = own.max()
        } else {
          let before = looked[k].lowerBound > 0 ? upTo[looked[k].lowerBound - 1] : 0
          own.sort()
          limits[k] = own.indices.last { own[$0] <= lines[k](before + $0 + 1) }.map { own[$0] }
        }
        next[k] = limits[k] == nil ? looked[k].lowerBound - 1 : -1
      }
    }
  }

  /// Whether every p of a step is at most what its last may be; a hair more than the step's end, because the step of a p
  /// is rounded.
  private func passesWhole(_ step: Int, _ line: (Int) -> Double) -> Bool {
    Double(step + 1) / Self.stepsPerUnit * (1 + 1e-12) <= line(upTo[step])
  }

  /// The first steps, from `start` down to smaller p, of which a p may pass: the first that holds any, and those below
  /// while they hold few.
  private func candidates(_ line: (Int) -> Double, from start: Int) -> Range<Int> {
    func count(_ step: Int) -> Int { upTo[step] - (step > 0 ? upTo[step - 1] : 0) }
    var step = start
    while step >= 0, count(step) == 0 || Double(step) / Self.stepsPerUnit * (1 - 1e-12) > line(upTo[step]) { step -= 1 }
    guard step >= 0 else { return 0..<0 }
    let end = step + 1
    var held = count(step)
    if passesWhole(step, line) { return step..<end }
    while step > 0, held + count(step - 1) <= 128 {
      step -= 1
      held += count(step)
    }
    return step..<end
  }

  /// The tested p of some steps, in no order that matters.
  private func gathered(_ isWanted: [Bool], threads: Int) -> [Double] {
    let blocks = (z.count + slotsPerBlock - 1) / slotsPerBlock
    return mapConcurrently(blocks, threads: threads) { block in
      var own: [Double] = []
      z.withUnsafeBufferPointer { z in
        p.withUnsafeBufferPointer { p in
          isWanted.withUnsafeBufferPointer { isWanted in
            for slot in block * slotsPerBlock..<min(z.count, (block + 1) * slotsPerBlock) {
              // Most p are not wanted: one branch that is nearly always the same.
              let isSmall = p[slot] <= Self.largest
              if isWanted[Self.step(isSmall ? p[slot] : Self.largest)], isSmall, z[slot] == z[slot] {
                own.append(p[slot])
              }
            }
          }
        }
      }
      return own
    }.flatMap(\.self)
  }
}
