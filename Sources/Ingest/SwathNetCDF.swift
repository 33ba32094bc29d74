internal import Diagnostics
internal import GeoFormats
internal import Geometry
internal import Gridding

/// The arrays of a level 2 file that matter, found by their names.
private struct SwathArrays {
  let variable: String
  let latitude: String?
  let longitude: String?
  let latitudeBounds: String?
  let longitudeBounds: String?
  let quality: String?
  let flag: String?
  let sigma: String?

  init(_ names: [String], variable: String) {
    func find(_ last: String...) -> String? {
      last.lazy.compactMap { end in names.first { $0.lowercased().hasSuffix("/" + end) } }.first
    }
    self.variable = variable
    latitude = find("latitude", "lat")
    longitude = find("longitude", "lon")
    latitudeBounds = find(
      "latitude_bounds", "lat_bounds", "latitude_bnds", "lat_bnds", "latitude_corners", "corner_latitude",
      "fov75cornerlatitude")
    longitudeBounds = find(
      "longitude_bounds", "lon_bounds", "longitude_bnds", "lon_bnds", "longitude_corners", "corner_longitude",
      "fov75cornerlongitude")
    quality = find("qa_value")
    flag = find("main_data_quality_flag")
    let full = variable.hasPrefix("/") ? variable : "/\(variable)"
    sigma = ["\(full)_precision", "\(full)_uncertainty"].first(where: names.contains)
  }
}

extension SwathPixels {
  /// Reads a NetCDF or HDF5 level 2 file: corners, a variable, its quality and its error.
  mutating func readNetCDF(path: String) throws(Problem) -> TableFacts {
    let file = try MultidimFile(path: path)
    let names = file.arrayNames()
    guard let variable = options.variable else {
      throw Problem(
        "\(path) holds many arrays", remedy: "name one with --variable: \(names.prefix(40).joined(separator: ", "))",
        exitStatus: .usage)
    }
    let arrays = SwathArrays(names, variable: variable)
    let values = try file.read(variable)
    // What has one element, such as the time of an orbit, is no dimension of the image.
    let shape = values.shape.filter { $0 > 1 }
    guard shape.count == 2 else {
      throw Problem(
        "\(variable) of \(path) has the shape \(values.shape), which is no image",
        remedy: "name a two-dimensional array with --variable", exitStatus: .usage)
    }
    let (height, width) = (shape[0], shape[1])
    let corners = try corners(file, arrays, path, height, width)
    func optional(_ name: String?) throws(Problem) -> [Double]? {
      guard let name else { return nil }
      let array = try file.read(name)
      guard array.values.count == height * width else {
        throw Problem(
          "\(name) of \(path) has the shape \(array.shape) for \(height) x \(width) pixels",
          remedy: "the file is damaged, or \(variable) is of another grid")
      }
      return array.values
    }
    let quality = try optional(arrays.quality)
    let flags = quality == nil ? try optional(arrays.flag) : nil
    if let worst = quality?.first(where: { $0 > 1.000_001 }) {
      throw Problem(
        "qa_value of \(path) reaches \(worst), which is no share", remedy: "qa_value goes from 0 to 1; rescale it")
    }
    let sigmas = try optional(arrays.sigma)
    var facts = TableFacts()
    facts.rowsRead = height * width
    for pixel in 0..<height * width {
      // A flag of 0 is good, 1 suspect, 2 bad (TEMPO); qa_value is a share (TROPOMI).
      let weight = quality?[pixel] ?? flags.map { max(0, 1 - $0[pixel] / 2) } ?? 1
      take(
        pixel, width, corners, value: values.values[pixel], weight: weight, sigma: sigmas?[pixel] ?? .nan,
        &facts.rejects)
    }
    return facts
  }

  private mutating func take(
    _ pixel: Int, _ width: Int, _ corners: SwathCorners, value: Double, weight: Double, sigma: Double,
    _ rejects: inout RejectLog
  ) {
    guard value.magnitude < 1e100 else {
      withoutValue += 1
      return
    }
    guard weight >= options.minimumQuality, weight > 0 else {
      belowQuality += 1
      return
    }
    let (row, column) = (pixel / width, pixel % width)
    let (a, b, c, d) = corners.slots(row: row, column: column)
    let (x, y) = (corners.longitudes, corners.latitudes)
    let refusal = add((x[a], x[b], x[c], x[d]), (y[a], y[b], y[c], y[d]), value: value, weight: weight, sigma: sigma)
    if let refusal {
      refused.append(refusal)
      rejects.reject(line: pixel + 1, reason: refusal.reason, text: "\(row),\(column)")
    }
  }

  private func corners(
    _ file: borrowing MultidimFile, _ arrays: SwathArrays, _ path: String, _ height: Int, _ width: Int
  ) throws(Problem) -> SwathCorners {
    let corners: SwathCorners
    if let latitudes = arrays.latitudeBounds, let longitudes = arrays.longitudeBounds {
      corners = try SwathCorners(
        bounds: try file.read(longitudes), try file.read(latitudes), height: height, width: width, path: path)
    } else {
      guard options.assumesRegular else {
        let has =
          arrays.latitude != nil && arrays.longitude != nil
          ? "it has only the centres (\(arrays.latitude ?? ""), \(arrays.longitude ?? ""))"
          : "it has no latitude and longitude either"
        throw Problem(
          "\(path) has no latitude_bounds and longitude_bounds, so the corners of its pixels are not known; \(has)",
          remedy: "fetch the product with bounds, or use --assume-regular to place corners half-way between "
            + "neighbouring centres")
      }
      guard let latitude = arrays.latitude, let longitude = arrays.longitude else {
        throw Problem("\(path) has no latitude and longitude", remedy: "name a level 2 swath file")
      }
      corners = try SwathCorners(
        centres: try file.read(longitude).values, try file.read(latitude).values, height: height, width: width,
        path: path)
    }
    try check(corners, path)
    return corners
  }

  /// Finds arrays that are swapped or no degrees: most of the known latitudes beyond 90°.
  private func check(_ corners: SwathCorners, _ path: String) throws(Problem) {
    // Fill values are no evidence.
    let known = corners.latitudes.filter { $0.magnitude < 1e30 }
    let beyond = known.count { $0.magnitude > 90.000_001 }
    guard beyond * 2 > known.count else { return }
    let isSwapped = corners.longitudes.allSatisfy { !($0.magnitude < 1e30) || $0.magnitude <= 90.000_001 }
    throw Problem(
      "the latitudes of \(path) lie beyond 90°"
        + (isSwapped ? ": longitude and latitude look swapped" : ": they are no degrees"),
      remedy: "a level 2 file has degrees in latitude and longitude; correct the file or convert it to CSV with --crs")
  }
}
