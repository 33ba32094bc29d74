/// How evenly drawn units share out the frame.
enum SpatialBalance {
  /// The Voronoi balance index of Stevens & Olsen (2004), doi:10.1198/016214504000000250: the mean of (v - 1)² over the
  /// drawn units, v the sum of π of the units nearer to that one than to any other drawn one; equally near ones share.
  ///
  /// 0 is perfect; units drawn without regard to place give about 0.2 to 0.5, well-spread ones about 0.1.
  /// - Returns: `nil` when no drawn unit has a position. Units without a position are left out.
  static func voronoiIndex(
    positions: [FramePosition?], probabilities: [Double], isDrawn: [Bool]
  ) -> Double? {
    let drawn = positions.indices.filter { isDrawn[$0] && positions[$0] != nil }
    guard !drawn.isEmpty else { return nil }
    let points = drawn.compactMap { positions[$0] }
    var shares = [Double](repeating: 0, count: drawn.count)
    var nearest: [Int] = []
    for (position, probability) in zip(positions, probabilities) {
      guard let position else { continue }
      var best = Double.infinity
      nearest.removeAll(keepingCapacity: true)
      for place in points.indices {
        let (dx, dy) = (points[place].x - position.x, points[place].y - position.y)
        let distance = dx * dx + dy * dy
        if distance < best {
          best = distance
          nearest.removeAll(keepingCapacity: true)
          nearest.append(place)
        } else if distance == best {
          nearest.append(place)
        }
      }
      for place in nearest { shares[place] += probability / Double(nearest.count) }
    }
    var sum = 0.0
    for share in shares { sum += (share - 1) * (share - 1) }
    return sum / Double(drawn.count)
  }
}
