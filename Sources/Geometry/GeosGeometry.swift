internal import CGEOS

/// The error channel of GEOS for one worker.
///
/// Not `Sendable` on purpose: a GEOS context may not be shared between threads.
public final class GeosContext {
  let handle: GEOSContextHandle_t
  private var latestMessage: String?

  public init() {
    guard let handle = GEOS_init_r() else { preconditionFailure("GEOS could not make a context") }
    self.handle = handle
    GEOSContext_setErrorMessageHandler_r(
      handle,
      { message, owner in
        guard let message, let owner else { return }
        Unmanaged<GeosContext>.fromOpaque(owner).takeUnretainedValue().latestMessage = String(cString: message)
      },
      Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { GEOS_finish_r(handle) }

  /// The newest message, handed out once, so that an old failure never explains a new one.
  func takeMessage() -> String {
    defer { latestMessage = nil }
    return latestMessage ?? "GEOS gave no reason"
  }
}

/// What GEOS refused to do.
public struct GeosError: Error, Equatable, Sendable {
  /// What was asked of GEOS, such as `repair`.
  public let operation: String
  /// The message of GEOS, which names the place in the plane where it knows one.
  public let reason: String
}

/// A planar geometry owned by GEOS; freed once, when its owner goes out of scope.
public struct GeosGeometry: ~Copyable {
  private let context: GeosContext
  private let pointer: OpaquePointer

  private init(
    adopting pointer: OpaquePointer?, from operation: StaticString, in context: GeosContext
  ) throws(GeosError) {
    guard let pointer else { throw GeosError(operation: "\(operation)", reason: context.takeMessage()) }
    self.context = context
    self.pointer = pointer
  }

  deinit { GEOSGeom_destroy_r(context.handle, pointer) }

  /// Copies a multi-polygon into GEOS; rings are closed on the way.
  public init(_ shape: PlaneMultiPolygon, in context: GeosContext) throws(GeosError) {
    var parts: [OpaquePointer?] = []
    for polygon in shape.polygons {
      var rings: [OpaquePointer?] = []
      for ring in [polygon.exterior] + polygon.holes { rings.append(Self.ring(ring, context)) }
      let exterior = rings[0]
      var holes = Array(rings.dropFirst())
      // A ring of fewer than three points is refused by GEOS: null, with a message.
      guard exterior != nil, !holes.contains(where: { $0 == nil }) else {
        for ring in rings + parts where ring != nil { GEOSGeom_destroy_r(context.handle, ring) }
        throw GeosError(operation: "making a ring", reason: context.takeMessage())
      }
      parts.append(GEOSGeom_createPolygon_r(context.handle, exterior, &holes, UInt32(holes.count)))
    }
    let collection = GEOSGeom_createCollection_r(
      context.handle, Int32(GEOS_MULTIPOLYGON.rawValue), &parts, UInt32(parts.count))
    try self.init(adopting: collection, from: "making a polygon", in: context)
  }

  private static func ring(_ points: [PlanePoint], _ context: GeosContext) -> OpaquePointer? {
    guard let first = points.first else { return nil }
    let closed = points + [first]
    var flat: [Double] = []
    flat.reserveCapacity(closed.count * 2)
    for point in closed {
      flat.append(point.x)
      flat.append(point.y)
    }
    guard let sequence = GEOSCoordSeq_copyFromBuffer_r(context.handle, flat, UInt32(closed.count), 0, 0) else {
      return nil
    }
    return GEOSGeom_createLinearRing_r(context.handle, sequence)
  }

  /// Why the geometry breaks the rules of simple features; `nil` when it does not.
  public borrowing func invalidityReason() -> String? {
    guard GEOSisValid_r(context.handle, pointer) != 1 else { return nil }
    guard let text = GEOSisValidReason_r(context.handle, pointer) else { return context.takeMessage() }
    defer { GEOSFree_r(context.handle, text) }
    return String(cString: text)
  }

  /// The geometry with self-crossings resolved into valid polygons (GEOS MakeValid, structure method).
  public borrowing func repaired() throws(GeosError) -> GeosGeometry {
    guard let parameters = GEOSMakeValidParams_create_r(context.handle) else {
      throw GeosError(operation: "repair", reason: context.takeMessage())
    }
    defer { GEOSMakeValidParams_destroy_r(context.handle, parameters) }
    _ = GEOSMakeValidParams_setMethod_r(context.handle, parameters, GEOS_MAKE_VALID_STRUCTURE)
    return try GeosGeometry(
      adopting: GEOSMakeValidWithParams_r(context.handle, pointer, parameters), from: "repair", in: context)
  }

  /// Whether a point lies inside or on the boundary.
  public borrowing func covers(_ point: PlanePoint) throws(GeosError) -> Bool {
    guard let other = GEOSGeom_createPointFromXY_r(context.handle, point.x, point.y) else {
      throw GeosError(operation: "making a point", reason: context.takeMessage())
    }
    defer { GEOSGeom_destroy_r(context.handle, other) }
    let answer = GEOSCovers_r(context.handle, pointer, other)
    // 2 is failure here.
    guard answer != 2 else { throw GeosError(operation: "covers", reason: context.takeMessage()) }
    return answer == 1
  }

  public borrowing func intersection(_ other: borrowing GeosGeometry) throws(GeosError) -> GeosGeometry {
    precondition(context === other.context, "both geometries must come from one GeosContext")
    return try GeosGeometry(
      adopting: GEOSIntersection_r(context.handle, pointer, other.pointer), from: "intersection", in: context)
  }

  /// m² for a projected system in metres.
  public borrowing func area() throws(GeosError) -> Double {
    var area = 0.0
    // 0 is failure here.
    guard GEOSArea_r(context.handle, pointer, &area) == 1 else {
      throw GeosError(operation: "area", reason: context.takeMessage())
    }
    return area
  }

  /// The polygons in it; points and lines that a repair left behind have no area and are dropped.
  public borrowing func polygons() throws(GeosError) -> PlaneMultiPolygon {
    var found: [PlanePolygon] = []
    try collect(pointer, into: &found)
    return PlaneMultiPolygon(polygons: found)
  }

  private borrowing func collect(_ part: OpaquePointer, into found: inout [PlanePolygon]) throws(GeosError) {
    let kind = GEOSGeomTypeId_r(context.handle, part)
    if kind == Int32(GEOS_POLYGON.rawValue) {
      guard let exterior = GEOSGetExteriorRing_r(context.handle, part) else { return }
      var polygon = PlanePolygon(exterior: try points(exterior))
      for hole in 0..<max(0, GEOSGetNumInteriorRings_r(context.handle, part)) {
        if let ring = GEOSGetInteriorRingN_r(context.handle, part, hole) { polygon.holes.append(try points(ring)) }
      }
      if polygon.exterior.count >= 3 { found.append(polygon) }
    } else if kind >= Int32(GEOS_MULTIPOINT.rawValue) {
      for n in 0..<max(0, GEOSGetNumGeometries_r(context.handle, part)) {
        if let child = GEOSGetGeometryN_r(context.handle, part, n) { try collect(child, into: &found) }
      }
    }
  }

  private borrowing func points(_ ring: OpaquePointer) throws(GeosError) -> [PlanePoint] {
    guard let sequence = GEOSGeom_getCoordSeq_r(context.handle, ring) else {
      throw GeosError(operation: "reading a ring", reason: context.takeMessage())
    }
    var count: UInt32 = 0
    _ = GEOSCoordSeq_getSize_r(context.handle, sequence, &count)
    var flat = [Double](repeating: 0, count: Int(count) * 2)
    _ = GEOSCoordSeq_copyToBuffer_r(context.handle, sequence, &flat, 0, 0)
    // The closing point repeats the first.
    return (0..<max(0, Int(count) - 1)).map { PlanePoint(x: flat[2 * $0], y: flat[2 * $0 + 1]) }
  }
}
