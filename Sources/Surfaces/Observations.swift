public import Geometry

/// Readings at places, as parallel arrays: what a surface is drawn through.
public struct Observations: Sendable {
  /// Projected metres.
  public private(set) var xs: [Double] = []
  public private(set) var ys: [Double] = []
  /// Finite, in the unit of the quantity.
  public private(set) var values: [Double] = []
  /// Variance of the reading's own error, unit squared; 0 for an exact one.
  public private(set) var errorVariances: [Double] = []
  /// External drift at the place, such as a satellite's value; NaN where it is not known. Empty without one.
  public private(set) var drifts: [Double] = []
  /// Readings that shared a place with an earlier one and were averaged into it.
  public private(set) var merged = 0

  public init() {}

  /// Takes readings, averaging those of one place: two rows of one system would be the same otherwise.
  ///
  /// Where all error variances of a place are above 0 the mean is weighted by their inverse and its variance is
  /// 1/Σ(1/σ²); else it is the plain mean with the mean variance.
  ///
  /// - Precondition: equal lengths; finite places and values; variances not negative; `drifts` empty or one per place.
  public init(places: [PlanePoint], values: [Double], errorVariances: [Double], drifts: [Double] = []) {
    precondition(places.count == values.count && values.count == errorVariances.count, "one entry per place")
    precondition(drifts.isEmpty || drifts.count == places.count, "one drift per place")
    let order = places.indices.sorted { (places[$0].y, places[$0].x, $0) < (places[$1].y, places[$1].x, $1) }
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, places[order[end]] == places[order[start]] { end += 1 }
      let own = order[start..<end]
      let isWeighted = own.allSatisfy { errorVariances[$0] > 0 }
      let weights = own.map { isWeighted ? 1 / errorVariances[$0] : 1 }
      let total = weights.reduce(0, +)
      xs.append(places[order[start]].x)
      ys.append(places[order[start]].y)
      self.values.append(zip(own, weights).reduce(0) { $0 + values[$1.0] * $1.1 } / total)
      self.errorVariances.append(
        isWeighted ? 1 / total : own.reduce(0) { $0 + errorVariances[$1] } / Double(own.count))
      if !drifts.isEmpty { self.drifts.append(drifts[order[start]]) }
      merged += own.count - 1
      start = end
    }
  }

  public var count: Int { values.count }

  /// Those at some positions, in their order.
  public func subset(_ slots: [Int]) -> Observations {
    var part = Observations()
    part.xs = slots.map { xs[$0] }
    part.ys = slots.map { ys[$0] }
    part.values = slots.map { values[$0] }
    part.errorVariances = slots.map { errorVariances[$0] }
    if !drifts.isEmpty { part.drifts = slots.map { drifts[$0] } }
    return part
  }

  /// The same places with other values, such as residuals of a regression.
  public func replacing(values: [Double]) -> Observations {
    precondition(values.count == count, "one value per place")
    var copy = self
    copy.values = values
    return copy
  }
}
