public import Geometry

extension PlaneMultiPolygon {
  /// What had to be repaired in a shape: GEOS's reason with the place, and the area as drawn and as used, m².
  public typealias Repair = (reason: String, areaBefore: Double, areaAfter: Double)

  /// Projects rings of WGS 84 degrees and repairs what breaks the rules of simple features.
  ///
  /// - Parameter polygons: Per polygon its rings, the exterior first; not closed.
  /// - Returns: The shape, as drawn where GEOS could not repair it, and what was repaired.
  public static func valid(
    _ polygons: [[[LonLat]]], projection: EqualAreaProjection, context: GeosContext
  ) -> (shape: PlaneMultiPolygon, repair: Repair?) {
    let shape = PlaneMultiPolygon(
      polygons: polygons.compactMap { rings in
        let plane = rings.map { $0.map(projection.forward) }
        return plane.first.map { PlanePolygon(exterior: $0, holes: Array(plane.dropFirst())) }
      })
    do throws(GeosError) {
      let drawn = try GeosGeometry(shape, in: context)
      guard let reason = drawn.invalidityReason() else { return (shape, nil) }
      let repaired = try drawn.repaired()
      return (try repaired.polygons(), (reason, shape.area, try repaired.area()))
    } catch {
      return (shape, ("\(error.operation): \(error.reason); used as drawn", shape.area, shape.area))
    }
  }
}
