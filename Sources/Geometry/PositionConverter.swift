internal import CPROJ
public import Diagnostics

/// Converts positions from what a file declared to WGS 84.
///
/// Owns a PROJ context; one per task.
public struct PositionConverter: ~Copyable {
  /// What positions are converted from.
  public let reference: CoordinateReference
  private let context: OpaquePointer?
  private let transformation: OpaquePointer?

  /// - Throws: `Problem` (usage) for a code or string that PROJ does not know.
  public init(from reference: CoordinateReference) throws(Problem) {
    guard case .proj(let text) = reference else {
      self.reference = reference
      context = nil
      transformation = nil
      return
    }
    guard let context = proj_context_create() else { preconditionFailure("PROJ could not make a context") }
    // PROJ would print to standard error; the error number says enough.
    proj_log_level(context, PJ_LOG_NONE)
    guard let raw = proj_create_crs_to_crs(context, text, "OGC:CRS84", nil) else {
      let reason = proj_context_errno_string(context, proj_context_errno(context)).map { String(cString: $0) }
      proj_context_destroy(context)
      throw Problem(
        "PROJ does not know the coordinate system \(text)\(reason.map { ": \($0)" } ?? "")",
        remedy: "use wgs84, cgcs2000, gcj02, bd09, EPSG:n with an existing code, or a PROJ string", exitStatus: .usage)
    }
    let normalised = proj_normalize_for_visualization(context, raw)
    proj_destroy(raw)
    guard let normalised else {
      proj_context_destroy(context)
      throw Problem("PROJ cannot order the axes of \(text)", remedy: "use a horizontal system", exitStatus: .usage)
    }
    self.reference = reference
    self.context = context
    transformation = normalised
  }

  deinit {
    if let transformation { proj_destroy(transformation) }
    if let context { proj_context_destroy(context) }
  }

  /// The WGS 84 position of what a file calls (x, y): longitude and latitude in degrees, or projected coordinates.
  ///
  /// - Throws: `Problem` for numbers that are not finite, out of range or outside the system's area.
  public borrowing func wgs84(x: Double, y: Double) throws(Problem) -> LonLat {
    guard x.isFinite, y.isFinite else { throw refuse(x, y, "is not a pair of numbers") }
    if transformation == nil {
      guard abs(x) <= 180, abs(y) <= 90 else {
        throw refuse(
          x, y,
          abs(y) <= 180 && abs(x) <= 90
            ? "has a latitude beyond 90°: longitude and latitude look swapped" : "is not in degrees")
      }
    }
    switch reference {
    case .wgs84, .cgcs2000: return LonLat(longitude: x, latitude: y)
    case .gcj02: return ChinaDatum.wgs84(fromGCJ02: x, y)
    case .bd09: return ChinaDatum.wgs84(fromBD09: x, y)
    case .proj:
      let result = proj_trans(transformation, PJ_FWD, proj_coord(x, y, 0, 0))
      guard result.xy.x.isFinite, result.xy.y.isFinite, abs(result.xy.x) <= 180.000_001, abs(result.xy.y) <= 90 else {
        throw refuse(x, y, "lies outside the area of \(reference)")
      }
      return LonLat(longitude: result.xy.x, latitude: result.xy.y)
    }
  }

  /// Converts in place, many at a time: declared coordinates in, WGS 84 degrees out; NaN where one cannot be converted.
  public borrowing func wgs84(xs: inout [Double], ys: inout [Double]) {
    precondition(xs.count == ys.count, "one y per x")
    guard transformation != nil else {
      let isPlain = reference == .wgs84 || reference == .cgcs2000
      for k in xs.indices {
        // Plain degrees need no conversion; an error made and dropped per point would cost more than the projection.
        if isPlain, abs(xs[k]) <= 180, abs(ys[k]) <= 90 { continue }
        let position = try? wgs84(x: xs[k], y: ys[k])
        xs[k] = position?.longitude ?? .nan
        ys[k] = position?.latitude ?? .nan
      }
      return
    }
    let count = xs.count
    let stride = MemoryLayout<Double>.stride
    xs.withUnsafeMutableBufferPointer { x in
      ys.withUnsafeMutableBufferPointer { y in
        _ = proj_trans_generic(
          transformation, PJ_FWD, x.baseAddress, stride, count, y.baseAddress, stride, count, nil, 0, 0, nil, 0, 0)
      }
    }
    // PROJ marks failures with HUGE_VAL.
    for k in 0..<count where !(xs[k].isFinite && ys[k].isFinite) {
      xs[k] = .nan
      ys[k] = .nan
    }
  }

  private borrowing func refuse(_ x: Double, _ y: Double, _ why: String) -> Problem {
    Problem(
      "the position (\(x), \(y)) \(why)",
      remedy: "check the order (longitude first) and declare the coordinate system with a crs column or --crs")
  }
}
