import Foundation
import TestSupport
import Testing

@Suite struct CalibrateCommandTests {
  /// A reference and two sensors over ten days: one beside it that reads half of it less a tenth of the humidity, one
  /// far away. Made up.
  static func write(to folder: URL) throws -> (readings: String, stations: String) {
    var readings = "station_id,time,pm25,rh,temp\n"
    for hour in 0..<240 {
      let day = 1 + hour / 24
      let time = "2017-11-\(day < 10 ? "0" : "")\(day)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00"
      let air = 60 + 30 * sin(Double(hour) / 7) + 8 * sin(Double(hour) * 1.7)
      let humidity = 55 + 20 * cos(Double(hour) / 4)
      readings += "R,\(time),\(air),,\n"
      readings += "S,\(time),\((air + 0.2 * (humidity - 50)) / 2),\(humidity),5\n"
      readings += "T,\(time),\(air / 3),\(humidity),5\n"
    }
    let stations = """
      station_id,name,kind,lon,lat
      R,ref,national,114.5,38.0
      S,near,micro,114.5005,38.0
      T,far,micro,114.9,38.0

      """
    let paths = (folder.appending(path: "r.csv"), folder.appending(path: "s.csv"))
    try Data(readings.utf8).write(to: paths.0)
    try Data(stations.utf8).write(to: paths.1)
    return (paths.0.path, paths.1.path)
  }

  @Test func `coefficients come back and every hour is written`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try Self.write(to: folder)
    let (out, fits) = (folder.appending(path: "out.csv"), folder.appending(path: "fits.csv"))
    let policy = folder.appending(path: "p.yml")
    try Data("calibration: { sensor_noise_share: 0 }\nquality: { enabled: false }\n".utf8).write(to: policy)
    let outcome = try BuiltBinary.run([
      "calibrate", "--readings", files.readings, "--stations", files.stations, "--out", out.path, "--coefficients",
      fits.path, "--policy", policy.path,
    ])
    #expect(outcome.status == 0, "\(outcome.messages)")
    let rows = try String(contentsOf: fits, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.count == 3 && rows[1][0] == "S" && rows[2][0] == "T")
    #expect(rows[1][2] == "calibrated" && rows[1][3] == "R" && rows[1][5] == "240")
    // The sensor was made so: air = 2·raw − 0.2·(rh − 50).
    #expect(abs((Double(rows[1][8]) ?? 0) - 2) < 1e-6 && abs((Double(rows[1][9]) ?? 0) + 0.2) < 1e-6)
    #expect(rows[2][2] == "raw" && rows[2].last == "no reference station within 1500 m")
    let values = try String(contentsOf: out, encoding: .utf8).split(separator: "\n")
    #expect(values[0] == "station_id,time,value,raw,error_variance,status,flags" && values.count == 721)
    #expect(values[1].hasSuffix(",,reference,"))
  }

  @Test func `without a reference station it says what to do`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try Self.write(to: folder)
    let text = try String(contentsOfFile: files.stations, encoding: .utf8).replacing("national", with: "micro")
    try Data(text.utf8).write(to: URL(filePath: files.stations))
    let outcome = try BuiltBinary.run(["calibrate", "--readings", files.readings, "--stations", files.stations])
    #expect(outcome.status == 1 && outcome.messages.contains("give reference stations the kind national"))
  }

  @Test func `planted coefficients are recovered within their errors`() throws {
    let outcome = try BuiltBinary.run([
      "evaluate", "calibration", "--seed", "5", "--sensors", "200", "--days", "30", "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.messages)")
    struct Report: Decodable {
      let synthetic: Bool
      let calibrated, transferred: Int
      let within_two_standard_errors: [String: Double]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    #expect(report.synthetic && report.calibrated + report.transferred == 200)
    // About 180 sensors: the standard deviation of a share of 95 % is 1.6 %.
    for (term, share) in report.within_two_standard_errors { #expect(share > 0.9, "\(term) \(share)") }
  }
}
