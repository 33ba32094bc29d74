public import Enterprises
public import Geometry
internal import Grids
internal import Quantities

extension SyntheticWorld {
  /// Meters without a firm: those of workshops, then of households, with their places in the plane.
  public var metersWithoutFirm: [(meter: Meter, point: PlanePoint)] {
    var found: [(meter: Meter, point: PlanePoint)] = []
    for (number, source) in sources.enumerated() where !source.isRegistered {
      guard let id = source.meter else { continue }
      found.append(
        (
          Meter(
            id: id, creditCode: nil, tariff: number % 2 == 0 ? "residential" : "commercial", position: source.position,
            declared: nil, line: 0), source.point
        ))
    }
    for number in 0..<options.residential {
      var stream = SyntheticStream(options.seed, 9, number)
      let point = region.lattice.centre(of: region.cells[stream.below(region.cells.count)])
      found.append(
        (
          Meter(
            id: "SYN-H\(number)", creditCode: nil, tariff: "residential", position: grid.projection.inverse(point),
            declared: nil, line: 0), point
        ))
    }
    return found
  }

  /// The load of these meters on one day: what ``powerFile(day:)`` writes of them, before it is rounded.
  public func loadsWithoutFirm(day: Int) -> DayLoads {
    let date = options.start.advanced(by: day)
    var loads = DayLoads(day: date)
    func add(_ values: [Double]) {
      loads.append(
        LoadDay(
          meter: Int32(loads.count), circuit: .total, day: date, energyKilowattHours: values.map(Float.init),
          isHourly: false, firstLine: 0))
    }
    for (number, source) in sources.enumerated() where !source.isRegistered && source.meter != nil {
      var stream = SyntheticStream(options.seed, 10, number, day)
      add(
        (0..<96).map { step in
          max(0, source.loadKilowattHours * activity(source, day: day, step: step) * (1 + 0.07 * stream.normal())) + 0.2
        })
    }
    for number in 0..<options.residential { add(householdCurve(number, day: day)) }
    return loads
  }
}
