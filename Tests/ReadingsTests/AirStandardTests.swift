import Quantities
import Readings
import Testing

@Suite struct AirStandardTests {
  static let old = AirStandard.all[0]
  static let new = AirStandard.all[2]

  /// Worked from the node tables of HJ 633-2012 and HJ 633-2026 by hand.
  @Test(arguments: [
    (Pollutant.pm25, 50.0, 69, 80), (.pm25, 60, 82, 100), (.pm25, 61, 83, 101), (.pm25, 75, 100, 114),
    (.pm25, 76, 102, 115), (.pm25, 151, 201, 201), (.pm25, 620, 500, 500), (.pm10, 100, 75, 86), (.pm10, 150, 100, 112),
    (.pm10, 421, 302, 302), (.co, 4.1, 101, 101), (.o3, 161, 101, 101),
  ])
  func `an index follows the text of its year`(pollutant: Pollutant, value: Double, then: Int, now: Int) {
    #expect(Self.old.index(of: pollutant, concentration: value) == then)
    #expect(Self.new.index(of: pollutant, concentration: value) == now)
  }

  /// GB/T 8170: 59.5 and 60.5 both become 60; 0.05 becomes 0.0 and 0.15 becomes 0.2.
  @Test func `ties are rounded to even as decimals`() {
    #expect(Self.new.index(of: .pm25, concentration: 60.5) == 100)
    #expect(Self.new.index(of: .pm25, concentration: 59.5) == 100)
    #expect(Self.old.index(of: .pm25, concentration: 61.5) == Self.old.index(of: .pm25, concentration: 62))
    #expect(Self.old.index(of: .co, concentration: 0.15) == Self.old.index(of: .co, concentration: 0.2))
    #expect(Self.old.index(of: .co, concentration: 0.05) == 0)
  }

  @Test func `ozone beyond its nodes has no index in 2012 and 300 in 2026`() {
    #expect(Self.old.index(of: .o3, concentration: 801) == nil)
    #expect(Self.new.index(of: .o3, concentration: 801) == 300)
    #expect(Self.old.index(of: .pm25, concentration: -1) == nil)
    #expect(Self.old.index(of: .pm25, concentration: 0) == 0 && Self.new.index(of: .pm25, concentration: 0) == 1)
  }

  @Test(arguments: [
    ("2017-11-21", 75.0, false), ("2018-08-31", 75, false), ("2018-09-01", 75, true), ("2026-02-28", 75, true),
    ("2026-03-01", 60, true), ("2031-01-01", 50, true),
  ])
  func `each day has the limit and the conditions of its text`(text: String, limit: Double, actual: Bool) throws {
    let standard = AirStandard.inForce(on: try #require(LocalDay(text)))
    #expect(standard.dailyLimit[.pm25] == limit && standard.particlesAtActualConditions == actual)
  }

  @Test func `validity is that of table 4`() throws {
    #expect(AirStandard.daysOfValidMonth(LocalMonth(year: 2017, month: 2)) == 25)
    #expect(AirStandard.daysOfValidMonth(LocalMonth(year: 2017, month: 11)) == 27)
    #expect(AirStandard.referenceChange.description == "2018-09-01")
  }
}
