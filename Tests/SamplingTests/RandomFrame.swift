@testable import Sampling

/// A frame of any shape the rules allow: ties, tiny and huge scores, zero scores with a floor, strata, odd ids.
struct RandomFrame {
  let units: [FrameUnit]
  let size: Int
  let floor: Double

  init(seed: UInt64) {
    var stream = TestStream(seed: seed)
    let count = Int.random(in: 1...60, using: &stream)
    let shape = Int.random(in: 0..<5, using: &stream)
    let size = Int.random(in: 1...count, using: &stream)
    self.size = size
    let room = Double(size) / Double(count)
    floor = Bool.random(using: &stream) ? room * Double.random(in: 0...0.9, using: &stream) : 0
    var units: [FrameUnit] = []
    for number in 0..<count {
      let uniform = Double.random(in: 0..<1, using: &stream)
      let score =
        switch shape {
        case 0: 1.0
        case 1: (uniform * 5).rounded(.up)
        case 2: uniform < 0.1 ? 1e6 * uniform : uniform + 1e-3
        case 3: uniform * 1e-200 + 1e-210
        default: floor > 0 && uniform < 0.2 ? 0 : uniform * uniform * 100 + 0.01
        }
      let minimum = shape == 4 && uniform > 0.5 ? room * 0.5 : 0
      let name = ["裕华", "é", "e\u{301}", "Z", "a,b", "\"q\"", "🏭", "x y"][Int.random(in: 0..<8, using: &stream)]
      units.append(
        FrameUnit(id: "\(name)-\(number)", score: score, stratum: "s\(number % 3)", minimumProbability: minimum))
    }
    // At least one positive score, or a floor of 0 could never be met.
    if units.allSatisfy({ $0.score == 0 }) { units[0] = FrameUnit(id: "only", score: 1) }
    self.units = units.shuffled(using: &stream)
  }
}
