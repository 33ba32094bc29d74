import Enterprises
import Evidence
import Geometry
import Grids
import Quantities
import Testing

@Suite struct ComplaintCountsTests {
  private let region: Region = {
    let cells = (0..<4).map { CellID(sizeMetres: 3000, column: $0, row: 0) }
    return Region(
      name: "test", lattice: Lattice(originX: 0, originY: 0, sizeMetres: 3000),
      counties: [
        County(code: "130101", name: "第一县", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省")
      ], cells: cells, shareStarts: (0...4).map { Int32($0) }, shareCounties: [0, 0, 0, 0], shares: [1, 1, 1, 1])
  }()
  private let last = LocalDay(ordinal: 17_500)

  private func complaint(_ id: String, day: Int, hour: Int, category: String = "smoke", radius: Double? = nil)
    -> Complaint
  {
    let time = LocalHour(day: LocalDay(ordinal: Int32(day)), hourOfDay: hour).start
    return Complaint(
      id: id, time: time, position: LonLat(longitude: 114 + Double(id.utf8.count), latitude: 38), category: category,
      text: "", line: 1, uncertaintyMetres: radius)
  }

  @Test func `cells by days, without repeats, vague places, other subjects and other days`() {
    let complaints = [
      complaint("a", day: 17_499, hour: 8),
      complaint("a2", day: 17_499, hour: 9),  // another place in the same cell
      complaint("aa", day: 17_499, hour: 12),  // repeats a2: one place, one thing, within a day
      complaint("aaa", day: 17_500, hour: 8),
      complaint("aaaa", day: 17_500, hour: 8, radius: 9000),  // 3 cells and more: vague
      complaint("aaaaa", day: 17_500, hour: 8, category: "noise"),
      complaint("aaaaaa", day: 17_400, hour: 8),  // before the window
    ]
    let x: [Double] = [100, 200, 200, 7000, 4500, 100, 100]
    var rules = ComplaintRules()
    rules.windowDays = 3
    let counts = ComplaintScreen.dailyCounts(
      complaints, points: x.map { PlanePoint(x: $0, y: 1500) }, region: region, rules: rules, lastDay: last)
    #expect(counts.cells == [CellID(sizeMetres: 3000, column: 0, row: 0), CellID(sizeMetres: 3000, column: 2, row: 0)])
    #expect(counts.days == last.advanced(by: -2)...last)
    #expect(counts.values == [0, 0, 2, 0, 0, 1])
    #expect(counts.counted == 3 && counts.vague == 1 && counts.total == 3)
  }
}
