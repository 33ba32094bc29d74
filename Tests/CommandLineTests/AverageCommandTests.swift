import Foundation
import TestSupport
import Testing

@Suite struct AverageCommandTests {
  @Test func `the national feed's hour ends are moved before days are made`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "feed.csv")
    // 24 labels from 01:00 of the 18th to 00:00 of the 19th are the hours of the 18th.
    var text = "timepoint,stationcode,longitude,latitude,area,positionname,pm2_5,o3\n"
    for hour in 1...24 {
      let label = hour == 24 ? "2019-07-19T00:00:00" : "2019-07-18T\(hour < 10 ? "0" : "")\(hour):00:00"
      text += "\(label),1001A,116.366,39.8673,x,y,\(hour == 24 ? 100 : 52),\(hour > 16 ? 180 : 90)\n"
    }
    try Data(text.utf8).write(to: path)
    let day = try BuiltBinary.run(["average", "--readings", path.path, "--value", "pm25", "--period", "day"])
    #expect(day.status == 0, "\(day.messages)")
    #expect(
      day.output.split(separator: "\n").last.map(String.init)
        == "1001A,2019-07-18,54.0,24,1,75.0,0,74,GB 3095-2012 amended 2018 / HJ 633-2012,")
    #expect(day.messages.contains("times name the end of their hour"))
    let ozone = try BuiltBinary.run(["average", "--readings", path.path, "--value", "o3", "--period", "day-max-8h"])
    #expect(ozone.output.contains("1001A,2019-07-18,180.0,17,1,160.0,1,119,"))
    let wrong = try BuiltBinary.run(["average", "--readings", path.path, "--period", "decade"])
    #expect(wrong.status == 2 && wrong.messages.contains("day-max-8h"))
  }
}
