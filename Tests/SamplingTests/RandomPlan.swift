@testable import Sampling

/// A frame with groups and places, and a plan of any shape; the plan may turn out impossible.
struct RandomPlan {
  let units: [FrameUnit]
  let plan: DrawPlan

  init(seed: UInt64) {
    var stream = TestStream(seed: seed)
    let count = Int.random(in: 8...70, using: &stream)
    let size = Int.random(in: 3...count / 2, using: &stream)
    let isClumped = Bool.random(using: &stream)
    units = (0..<count).map { number in
      let uniform = Double.random(in: 0..<1, using: &stream)
      let county = Int.random(in: 0..<5, using: &stream)
      var position: FramePosition?
      if uniform < 0.9 {
        let x = Double.random(in: -5...5, using: &stream)
        let y = Double.random(in: -5...5, using: &stream)
        position = isClumped ? FramePosition(x: x.rounded(), y: y.rounded()) : FramePosition(x: x, y: y)
      }
      return FrameUnit(
        id: "\(["裕华", "é", "Z", "a,b"][number % 4])-\(number)", score: uniform * uniform * 20 + 0.1,
        stratum: uniform > 0.5 ? "高" : "低", minimumProbability: number % 9 == 0 ? 0.02 : 0,
        maximumProbability: number % 7 == 0 ? 0.8 : 1, county: "county \(county)", city: "city \(county / 2)",
        unitClass: uniform < 0.3 ? "key" : uniform < 0.5 ? "special" : "", position: position)
    }
    var plan = DrawPlan(size: size, method: DrawMethod.allCases[Int(seed % 4)])
    if Bool.random(using: &stream) { plan.floor = 0.01 }
    if Bool.random(using: &stream) { plan.cap = 0.9 }
    let choices = [
      "county:*,max=\(size / 2 + 1)", "class:key,min=20%", "class:key,min=2,max=4", "city:*,min=1",
      "county:county 1,count=2", "class:special,max=1.5,min=0.25/inspector", "stratum:高,min=1,exact",
      "city:*,min=1,max=60%,exact", "county:*,min=0,max=70%,exact",
    ]
    for _ in 0..<Int.random(in: 0...3, using: &stream) {
      if let quota = Quota(text: choices[Int.random(in: 0..<choices.count, using: &stream)]) {
        plan.quotas.append(quota)
      }
    }
    plan.inspectors = 3
    plan.randomUnits = Bool.random(using: &stream) ? Int.random(in: 1...4, using: &stream) : 0
    plan.reserve = Bool.random(using: &stream) ? 2 : 0
    plan.reserveColumn = Bool.random(using: &stream) ? .city : nil
    self.plan = plan
  }
}
