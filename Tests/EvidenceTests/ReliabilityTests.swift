import Evidence
import Testing

@Suite struct ReliabilityTests {
  @Test func `Brier score and calibration error are those of a hand calculation`() {
    // Two bins: 0.1, 0.2 → none, one; 0.9 → one.
    let made = Reliability([(p: 0.1, happened: false), (p: 0.2, happened: true), (p: 0.9, happened: true)], bins: 2)
    #expect(abs(made.brier - (0.01 + 0.64 + 0.01) / 3) < 1e-12)
    #expect(abs(made.calibrationError - (abs(0.3 - 1) + abs(0.9 - 1)) / 3) < 1e-12)
    #expect(made.bins.map(\.count) == [2, 1] && made.bins[0].observedShare == 0.5)
  }

  @Test func `nothing predicted has no score, and certainty belongs to the last bin`() {
    #expect(Reliability([]).brier.isNaN && Reliability([]).calibrationError.isNaN)
    #expect(Reliability([(p: 1, happened: true)]).bins[9].count == 1)
  }

  @Test func `the fit brings overconfident probabilities back`() throws {
    // Said 0.9, happens 60 times of 100; said 0.1, happens 40 times.
    let pairs = (0..<100).flatMap { k in [(p: 0.9, happened: k < 60), (p: 0.1, happened: k < 40)] }
    let fit = try #require(AttributionCalibration.fit(pairs))
    // logit 0.6 / logit 0.9 = 0.4055 / 2.1972; the weak prior moves it a little.
    #expect(abs(fit.slope - 0.18453) < 0.001 && abs(fit.offset) < 1e-6)
    #expect(AttributionCalibration.fit([(p: 0.5, happened: true)]) == nil)
  }

  @Test func `Wilson's interval is that of the published example`() {
    // 81 of 263: 0.2553 to 0.3662 (Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3).
    let interval = wilson(81, of: 263)
    #expect(abs(interval.lowest - 0.2553) < 5e-5 && abs(interval.highest - 0.3662) < 5e-5)
    // 0 of 20: 0 to 0.1611, the same table.
    #expect(wilson(0, of: 20).lowest == 0 && abs(wilson(0, of: 20).highest - 0.1611) < 5e-5)
  }
}
