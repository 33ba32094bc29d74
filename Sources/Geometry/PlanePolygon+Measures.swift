extension PlanePolygon {
  /// Area of the exterior less the holes, m², by the shoelace formula; rings may have either orientation.
  public var area: Double { abs(Self.signedArea(exterior)) - holes.reduce(0) { $0 + abs(Self.signedArea($1)) } }

  /// Positive for a counter-clockwise ring, m².
  public static func signedArea(_ ring: [PlanePoint]) -> Double {
    guard let first = ring.first, let last = ring.last else { return 0 }
    // Relative to the first point: coordinates are large, areas small.
    var sum = 0.0
    var previous = last
    for point in ring {
      sum += (previous.x - first.x) * (point.y - first.y) - (point.x - first.x) * (previous.y - first.y)
      previous = point
    }
    return sum / 2
  }

  /// Whether a point lies inside: even-odd rule over all rings, so holes count. Points on an edge go either way.
  public func contains(_ point: PlanePoint) -> Bool {
    var inside = false
    for ring in [exterior] + holes {
      guard var previous = ring.last else { continue }
      for next in ring {
        if (next.y > point.y) != (previous.y > point.y),
          point.x < (previous.x - next.x) * (point.y - next.y) / (previous.y - next.y) + next.x
        {
          inside.toggle()
        }
        previous = next
      }
    }
    return inside
  }

  /// The smallest box around the exterior; `nil` without points.
  public var box: PlaneBox? {
    guard let first = exterior.first else { return nil }
    var box = PlaneBox(minX: first.x, minY: first.y, maxX: first.x, maxY: first.y)
    for point in exterior {
      box.minX = min(box.minX, point.x)
      box.maxX = max(box.maxX, point.x)
      box.minY = min(box.minY, point.y)
      box.maxY = max(box.maxY, point.y)
    }
    return box
  }
}

extension PlaneMultiPolygon {
  /// Sum of the areas of its polygons, m².
  public var area: Double { polygons.reduce(0) { $0 + $1.area } }

  /// Whether any of its polygons holds the point. Points on an edge go either way.
  public func contains(_ point: PlanePoint) -> Bool { polygons.contains { $0.contains(point) } }
}
