public import Geometry
internal import Glibc

/// What the air carries to an anomaly in each hour, from receptors around it and not of it.
struct AirBackground {
  /// By hour of the evidence, in the pollutant's unit; NaN where too few receptors were there.
  let values: [Double]

  /// - Parameter distances: From each receptor to the anomaly, metres.
  init(_ inputs: AttributionInputs, centres: [PlanePoint], distances: [Double], rules: AttributionRules) {
    let n = Double(centres.count)
    let middle = (x: centres.reduce(0) { $0 + $1.x } / n, y: centres.reduce(0) { $0 + $1.y } / n)
    let ring = distances.indices.filter {
      distances[$0] > rules.ringInnerMetres && distances[$0] <= rules.ringOuterMetres
    }
    let around = distances.indices.filter { distances[$0] <= rules.ringInnerMetres }
    let directions = ring.map { number -> (x: Double, y: Double) in
      let (dx, dy) = (inputs.receptors[number].point.x - middle.x, inputs.receptors[number].point.y - middle.y)
      let length = (dx * dx + dy * dy).squareRoot()
      return (dx / length, dy / length)
    }
    let opening = cos(rules.halfSectorDegrees * .pi / 180)
    var found: [Double] = []
    values = (0..<inputs.wind.count).map { hour in
      let speed = inputs.wind.speed(hour)
      if speed > 0 {
        // Upwind is where the wind comes from.
        let (x, y) = (-inputs.wind.east[hour] / speed, -inputs.wind.north[hour] / speed)
        found.removeAll(keepingCapacity: true)
        for (k, number) in ring.enumerated() where directions[k].x * x + directions[k].y * y >= opening {
          let value = inputs.receptors[number].values[hour]
          if !value.isNaN { found.append(value) }
        }
        if found.count >= rules.fewestRingReceptors { return Self.quantile(&found, 0.5) }
      }
      found.removeAll(keepingCapacity: true)
      for number in ring where !inputs.receptors[number].values[hour].isNaN {
        found.append(inputs.receptors[number].values[hour])
      }
      if found.count >= rules.fewestRingReceptors { return Self.quantile(&found, 0.5) }
      // Without a ring the cleaner of the receptors nearby stand in for it.
      for number in around where !inputs.receptors[number].values[hour].isNaN {
        found.append(inputs.receptors[number].values[hour])
      }
      return found.count >= rules.fewestReceptors ? Self.quantile(&found, 0.25) : .nan
    }
  }

  /// Hyndman & Fan 1996, type 7.
  private static func quantile(_ values: inout [Double], _ p: Double) -> Double {
    values.sort()
    let place = p * Double(values.count - 1)
    let low = Int(place)
    let high = min(values.count - 1, low + 1)
    return values[low] + (place - Double(low)) * (values[high] - values[low])
  }
}

extension AttributionInputs {
  /// What the air carries to some points in each hour of the evidence: the median of receptors in the rules' ring around
  /// them, upwind where enough of them are; NaN where too few are there.
  public func background(around points: [PlanePoint], rules: AttributionRules) -> [Double] {
    let distances = receptors.map { distance(from: $0.point, to: points) }
    return AirBackground(self, centres: points, distances: distances, rules: rules).values
  }
}
