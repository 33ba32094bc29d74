import Evidence
import Geometry
import Quantities
import Readings
import Testing

@Suite struct HourlyWindTests {
  private func observation(hour: Int, _ east: Double, _ north: Double) -> WindObservation {
    WindObservation(
      time: LocalHour(ordinal: Int32(hour)).start, position: LonLat(longitude: 0, latitude: 0), eastward: east,
      northward: north)
  }

  @Test func `a wind towards the south comes from the north`() {
    let wind = HourlyWind(firstHour: 0, east: [0, 3, .nan], north: [-2, 0, 1])
    #expect(wind.fromDegrees(0) == 0 && wind.fromDegrees(1) == 270 && wind.fromDegrees(2).isNaN)
    #expect(wind.speed(0) == 2 && !wind.isKnown(2))
  }

  @Test func `each hour has the nearest place that knows it, and none is made up`() {
    let (near, far) = (PlanePoint(x: 1000, y: 0), PlanePoint(x: 50_000, y: 0))
    let book = WindBook(
      [observation(hour: 10, 1, 0), observation(hour: 10, 9, 9), observation(hour: 11, 0, 2)],
      points: [near, far, far])
    let wind = book.wind(at: PlanePoint(x: 0, y: 0), hours: 10..<13)
    #expect(wind.east[0] == 1 && wind.north[1] == 2 && wind.east[2].isNaN)
    let away = book.wind(at: PlanePoint(x: 0, y: 120_000), hours: 10..<11)
    #expect(away.east[0].isNaN)
  }

  @Test func `several winds of a place and hour are one vector`() {
    let here = PlanePoint(x: 0, y: 0)
    let book = WindBook([observation(hour: 5, 2, 0), observation(hour: 5, 0, 2)], points: [here, here])
    let wind = book.wind(at: here, hours: 5..<6)
    #expect(wind.east == [1] && wind.north == [1])
  }
}

@Suite struct ActivityTests {
  @Test func `full load is no spike's, and a gap has the usual level of its hour`() throws {
    var loads = (0..<96).map { (7..<19).contains($0 % 24) ? 100.0 : 2 }
    loads[30] = 5000
    loads[82] = .nan
    let load = try #require(MeteredLoad(hourlyKilowattHours: loads, evidenceHours: 24))
    #expect(load.fullLoad == 100 && load.levels.count == 24)
    #expect(load.levels[10] == 1 && load.levels[0] == 0.02)
    #expect(MeteredLoad(hourlyKilowattHours: [Double](repeating: 0, count: 48), evidenceHours: 24) == nil)
    #expect(MeteredLoad(hourlyKilowattHours: [1, 2], evidenceHours: 24) == nil)
  }

  @Test func `an unknown load is every way of working, with orders kept or not`() {
    let free = ActivityProfile.unknown(firstHour: 0, count: 24)
    #expect(free.count == 2 && abs(free.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
    #expect(free[1].levels[12] == 1 && free[1].levels[3] < 0.1)
    let bound = ActivityProfile.unknown(firstHour: 0, count: 24, allowed: [Double](repeating: 0, count: 24))
    #expect(bound.count == 4 && abs(bound.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
    #expect(bound[0].levels.allSatisfy { $0 < 0.1 } && bound[1].levels.allSatisfy { $0 == 1 })
  }
}
