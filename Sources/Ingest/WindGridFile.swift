internal import Diagnostics
internal import GeoFormats
internal import Foundation
internal import Geometry
public import Quantities
public import Readings

/// Reads gridded wind from NetCDF, as ERA5 and weather services deliver it: `u10` and `v10` over (time,) latitude,
/// longitude in degrees.
public enum WindGridFile {
  /// Whether a file is NetCDF or HDF5, by its first bytes.
  public static func isGrid(path: String) -> Bool {
    let magic = leadingBytes(path, count: 4)
    return magic.starts(with: Array("CDF".utf8)) || magic.starts(with: [0x89, 0x48, 0x44, 0x46])
  }

  /// - Parameter time: Of a file without a time axis; `nil` when the file has one.
  /// - Returns: One observation per time and grid point that has both components, in file order.
  public static func read(
    path: String, time: Instant?, options: ReadOptions
  ) throws -> ReadResult<[WindObservation]> {
    let file = try MultidimFile(path: path)
    let names = file.arrayNames()
    let u = try file.read(try name(of: ["u10", "10u", "u"], in: names, path: path))
    let v = try file.read(try name(of: ["v10", "10v", "v"], in: names, path: path))
    let longitudes = try file.read(try name(of: ["longitude", "lon", "x"], in: names, path: path)).values
    let latitudes = try file.read(try name(of: ["latitude", "lat", "y"], in: names, path: path)).values
    let times = try times(file, names, declared: time, path: path)
    let shape = times.count == 1 && u.shape.count == 2 ? [1] + u.shape : u.shape
    guard shape == [times.count, latitudes.count, longitudes.count], v.shape == u.shape else {
      throw Problem(
        "\(path): the shape of the wind, \(u.shape), is not time x latitude x longitude",
        remedy: "take a file with one level: cdo sellevel, or ncks")
    }
    var rejects = RejectLog()
    var wind: [WindObservation] = []
    let latest = options.now.secondsSinceEpoch + 16 * 86_400
    for k in u.values.indices where u.values[k].isFinite && v.values[k].isFinite {
      let longitude = longitudes[k % longitudes.count]
      let position = LonLat(
        longitude: longitude > 180 ? longitude - 360 : longitude,
        latitude: latitudes[k / longitudes.count % latitudes.count])
      let time = times[k / (longitudes.count * latitudes.count)]
      let reason: String? =
        if time.secondsSinceEpoch > latest {
          "time is in the future"
        } else if (u.values[k] * u.values[k] + v.values[k] * v.values[k]).squareRoot()
          >= WindFile.fastestMetresPerSecond
        {
          "wind is faster than any ever measured"
        } else {
          nil
        }
      if let reason {
        rejects.reject(line: k + 1, reason: reason, text: "\(u.values[k]) \(v.values[k])")
      } else {
        wind.append(
          WindObservation(time: time, position: position, eastward: u.values[k], northward: v.values[k]))
      }
    }
    return ReadResult(
      value: wind, rejects: rejects, rowsRead: u.values.count, rowsKept: wind.count, encoding: "")
  }

  private static func name(of wanted: [String], in names: [String], path: String) throws(Problem) -> String {
    for word in wanted {
      if let name = names.first(where: { ($0.split(separator: "/").last ?? "").lowercased() == word }) { return name }
    }
    throw Problem(
      "\(path) has no array \(wanted[0])", remedy: "it has \(names.joined(separator: ", "))")
  }

  private static func times(
    _ file: borrowing MultidimFile, _ names: [String], declared: Instant?, path: String
  ) throws(Problem) -> [Instant] {
    if let declared { return [declared] }
    guard let name = names.first(where: { ["time", "valid_time"].contains($0.split(separator: "/").last ?? "") }) else {
      throw Problem("\(path) has no time", remedy: "name it: --time 2017-11-21T08 (Beijing time)", exitStatus: .usage)
    }
    let axis = try file.read(name)
    // CF conventions, 4.4: "hours since 1900-01-01 00:00:00.0", UTC unless the text names another zone.
    let parts = axis.unit.components(separatedBy: " since ")
    let scale: Double? =
      switch parts[0].lowercased() {
      case "seconds", "second", "s": 1
      case "minutes", "minute", "min": 60
      case "hours", "hour", "h": 3600
      case "days", "day", "d": 86_400
      default: nil
      }
    guard parts.count == 2, let scale, let origin = utc(parts[1]) else {
      throw Problem("\(path): the unit of time is \(axis.unit)", remedy: "write it as hours since 1900-01-01 00:00:00")
    }
    var times: [Instant] = []
    for value in axis.values {
      guard value.isFinite, abs(value * scale) < 1e11 else {
        throw Problem("\(path): a time is not a number", remedy: "check the file's time axis")
      }
      times.append(Instant(secondsSinceEpoch: origin.secondsSinceEpoch + Int64((value * scale).rounded())))
    }
    return times
  }

  private static func utc(_ text: String) -> Instant? {
    let trimmed = trimmed(text.replacing(" UTC", with: ""))
    if trimmed.hasSuffix("Z") { return TimeText.instant(trimmed) }
    return TimeText.instant(trimmed.contains(":") ? "\(trimmed)Z" : "\(trimmed)T00:00Z")
  }
}
