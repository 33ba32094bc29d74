/// A point of a projected plane, in metres. Never a longitude and latitude.
public struct PlanePoint: Hashable, Sendable {
  /// Easting, metres.
  public var x: Double
  /// Northing, metres.
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// An axis-parallel rectangle of the plane, in metres.
public struct PlaneBox: Hashable, Sendable {
  /// West, south, east and north edge, metres; a minimum is not above its maximum.
  public var minX, minY, maxX, maxY: Double

  public init(minX: Double, minY: Double, maxX: Double, maxY: Double) {
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }

  /// m².
  public var area: Double { (maxX - minX) * (maxY - minY) }

  /// Whether the two share a point; touching edges count.
  public func intersects(_ other: PlaneBox) -> Bool {
    minX <= other.maxX && other.minX <= maxX && minY <= other.maxY && other.minY <= maxY
  }

  /// The smallest box around both.
  public func union(_ other: PlaneBox) -> PlaneBox {
    PlaneBox(
      minX: min(minX, other.minX), minY: min(minY, other.minY), maxX: max(maxX, other.maxX),
      maxY: max(maxY, other.maxY))
  }
}

/// A polygon of the plane: rings in metres, not closed (the first point is not repeated), of either orientation.
public struct PlanePolygon: Hashable, Sendable {
  /// Outer ring, at least three points of an area.
  public var exterior: [PlanePoint]
  /// Rings cut out of the exterior; empty for none.
  public var holes: [[PlanePoint]]

  public init(exterior: [PlanePoint], holes: [[PlanePoint]] = []) {
    self.exterior = exterior
    self.holes = holes
  }
}

/// Zero or more polygons that do not overlap.
public struct PlaneMultiPolygon: Hashable, Sendable {
  /// In no particular order; empty for no area at all.
  public var polygons: [PlanePolygon]

  public init(polygons: [PlanePolygon]) { self.polygons = polygons }
}
