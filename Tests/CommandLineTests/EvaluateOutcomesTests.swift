import Foundation
import TestSupport
import Testing

/// A small synthetic campaign of files: 6 days, 400 targets, 60 drawn a day, a third of them at random.
@Suite struct EvaluateOutcomesTests {
  private let folder: URL

  init() throws {
    folder = try TestFiles.temporaryFolder()
    var state: UInt64 = 88
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    var frame = "id,score,county,class,date,cell\n"
    var drawn = "id,inclusion_probability,drawn,arm,date\n"
    var outcomes = "target_id,uscc,time,inspector_ids,problems,severity,notes\n"
    var features = "target_id,inclusion_probability,date,county_code,stop-order-load,complaints\n"
    var other = "id,score,date\n"
    for day in 20...25 {
      for k in 0..<400 {
        let id = "E-\(1000 + k)"
        let isLoaded = k % 5 == 0
        let score = isLoaded ? 6.0 : 1.0
        frame += "\(id),\(score),1301\(10 + k % 8),enterprise,2017-11-\(day),3000-1-\(k / 4)\n"
        other += "\(id),\(k % 2 == 0 ? 2 : 1),2017-11-\(day)\n"
        // 20 of 400 at random, 40 in proportion to the score, about.
        let random = 0.05
        let scored = 0.1 * score / 2
        let probability = random + (1 - random) * scored
        let u = uniform()
        let isDrawn = u < probability
        drawn += "\(id),\(probability),\(isDrawn ? 1 : 0),\(u < random ? "random" : "scored"),2017-11-\(day)\n"
        guard isDrawn else { continue }
        let found = uniform() < (isLoaded ? 0.5 : 0.1)
        outcomes += "\(id),,2017-11-\(day) 15:00,I-1,\(found ? "treatment-not-running" : "0"),,\n"
        features += "\(id),\(probability),2017-11-\(day),1301\(10 + k % 8),\(isLoaded ? 12 : 0),\(k % 3 == 0 ? 4 : 0)\n"
      }
    }
    for (name, text) in [
      ("frame", frame), ("drawn", drawn), ("outcomes", outcomes), ("features", features), ("other", other),
    ] { try Data(text.utf8).write(to: folder.appending(path: "\(name).csv")) }
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }
  private var days: [String] { ["--frame", path("frame.csv"), "--drawn", path("drawn.csv")] }

  @Test func `outcomes are evaluated against the random arm, the same for any number of threads`() throws {
    let arguments = ["evaluate", "outcomes"] + days + ["--outcomes", path("outcomes.csv"), "--replicates", "300"]
    let one = try BuiltBinary.run(arguments + ["--threads", "1"])
    #expect(one.status == 0, Comment(rawValue: one.messages))
    #expect(one.output.contains("6 draws, 2400 targets in their frames"))
    #expect(one.output.contains("Horvitz-Thompson"))
    #expect(one.output.contains("times average"))
    #expect(try BuiltBinary.run(arguments + ["--threads", "2"]).output == one.output)
    let json = try BuiltBinary.run(arguments + ["--json", "--quiet"])
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let prevalence = try #require((object["prevalence"] as? [String: Any])?["hajek"] as? [String: Any])
    let hajek = try #require(prevalence["value"] as? Double)
    // Planted: a fifth at 0.5, the rest at 0.1.
    #expect(abs(hajek - 0.18) < 0.09)
    let none = try BuiltBinary.run(arguments + ["--baseline", "chance"])
    #expect(none.status == 0 && none.output.contains("note: arms are not compared: no visit belongs to the arm"))
  }

  @Test func `another policy is valued, and refused where the draws say too little`() throws {
    let arguments = ["evaluate", "policy"] + days + ["--outcomes", path("outcomes.csv"), "--replicates", "200"]
    let good = try BuiltBinary.run(arguments + ["--other", path("other.csv")])
    #expect(good.status == 0, Comment(rawValue: good.messages))
    #expect(good.output.contains("doubly robust") && good.output.contains("are worth"))
    let thin = try BuiltBinary.run(arguments + ["--other", path("other.csv"), "--least-effective", "5000"])
    #expect(thin.status == 1)
    #expect(thin.messages.contains("visits are worth") && thin.messages.contains("at least 5000.0"))
    try Data("id,score\nE-1000,1\n".utf8).write(to: folder.appending(path: "one.csv"))
    let missing = try BuiltBinary.run(arguments + ["--other", path("one.csv")])
    #expect(missing.status == 1 && missing.messages.contains("has no score for E-1001 of 2017-11-20"))
    #expect(try BuiltBinary.run(["evaluate", "policy"] + days).status == 2)
  }

  @Test func `weights are proposed as a policy file that nothing uses until it is named`() throws {
    let fit = try BuiltBinary.run([
      "evaluate", "fit", "--features", path("features.csv"), "--outcomes", path("outcomes.csv"), "--out",
      path("proposed.yml"), "--replicates", "50",
    ])
    #expect(fit.status == 0, Comment(rawValue: fit.messages))
    #expect(fit.output.contains("learned weights") && fit.output.contains("stop-order-load"))
    #expect(fit.messages.contains("no visited target had the part hotspot"))
    let text = try String(contentsOfFile: path("proposed.yml"), encoding: .utf8)
    #expect(text.hasPrefix("# PROPOSED"))
    #expect(text.contains("{ part: base, weight: 0.3, cap: 0.3, reach_metres: 0.0 } # the unit"))
    #expect(text.contains("part: hotspot, weight: 0.5, cap: 1.0, reach_metres: 0.0 } # not learned: kept"))
    #expect(text.contains("# was 12.0; 95 %:"))
    // It is a policy, and its own fit reads it.
    let again = try BuiltBinary.run([
      "evaluate", "fit", "--features", path("features.csv"), "--outcomes", path("outcomes.csv"), "--policy",
      path("proposed.yml"), "--replicates", "20", "--quiet",
    ])
    #expect(again.status == 0, Comment(rawValue: again.messages))
  }

  @Test func `repeated synthetic draws print how often intervals hold the truth`() throws {
    let trial = try BuiltBinary.run([
      "evaluate", "estimators", "--draws", "20", "--targets", "100", "--visits", "30", "--prevalence", "0.2",
    ])
    #expect(trial.status == 0, Comment(rawValue: trial.messages))
    #expect(trial.output.hasPrefix("SYNTHETIC population, seed 1"))
    #expect(trial.output.contains("other policy, DR"))
  }
}
