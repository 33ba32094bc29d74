internal import Enterprises
internal import Quantities

/// What an hour of an outlet is good for.
enum EmissionState: UInt8, Sendable {
  /// No report.
  case missing
  /// Air in the stack, no flow, or the mark F: the plant stands.
  case shutdown
  /// Near a standstill.
  case edge
  /// Calibration, maintenance, a fault: marked so, or seen as a short spell of air with full flow.
  case excused
  /// Undisturbed running: what the tests look at.
  case normal
}

/// One outlet over whole Beijing days, dense.
struct EmissionSeries: Sendable {
  let outlet: EmissionOutlet
  /// ``LocalHour/ordinal`` of the first column.
  let firstHour: Int32
  let hourCount: Int
  /// By channel, then hour; NaN where there is nothing.
  let values: [[Double]]
  /// Line of each hour; 0 where there is no row.
  let lines: [Int32]
  let states: [EmissionState]
  let limit: EmissionLimit?
  /// Whether concentrations are converted to reference oxygen already.
  let isConverted: Bool

  var dayCount: Int { hourCount / 24 }
  var normalHours: Int { states.count { $0 == .normal } }

  /// - Parameter days: Days to hold; rows of other days are left out.
  init(
    _ hours: EmissionHours, outlet number: Int, days: ClosedRange<LocalDay>, limit: EmissionLimit?, isConverted: Bool,
    rules: EmissionRules
  ) {
    outlet = hours.outlets[number]
    self.limit = limit
    self.isConverted = isConverted
    firstHour = LocalHour(day: days.lowerBound, hourOfDay: 0).ordinal
    hourCount = (days.lowerBound.days(until: days.upperBound) + 1) * 24
    var values = [[Double]](
      repeating: [Double](repeating: .nan, count: hourCount), count: EmissionChannel.allCases.count)
    var lines = [Int32](repeating: 0, count: hourCount)
    var marks = [UInt8](repeating: 0, count: hourCount)
    for row in hours.starts[number]..<hours.starts[number + 1] {
      let column = Int(hours.hours[row] - firstHour)
      guard (0..<hourCount).contains(column) else { continue }
      for channel in values.indices { values[channel][column] = hours.values[channel][row] }
      lines[column] = hours.lines[row]
      marks[column] = hours.marks[row]
    }
    self.values = values
    self.lines = lines
    states = Self.states(values, lines: lines, marks: marks, rules: rules)
  }

  func day(_ number: Int) -> LocalDay { LocalHour(ordinal: firstHour + Int32(number * 24)).day }
  func day(ofHour column: Int) -> LocalDay { LocalHour(ordinal: firstHour + Int32(column)).day }

  /// A concentration at reference oxygen; NaN where it cannot be made.
  func converted(_ channel: EmissionChannel, _ hour: Int) -> Double {
    let value = values[channel.ordinal][hour]
    guard !isConverted else { return value }
    guard let limit, let factor = limit.conversionFactor(oxygenPercent: values[EmissionChannel.o2.ordinal][hour])
    else { return .nan }
    return value * factor
  }

  private static func states(
    _ values: [[Double]], lines: [Int32], marks: [UInt8], rules: EmissionRules
  ) -> [EmissionState] {
    let (oxygen, flow) = (values[EmissionChannel.o2.ordinal], values[EmissionChannel.flow.ordinal])
    let known = flow.filter { !$0.isNaN }.sorted()
    let fullFlow = known.isEmpty ? .nan : known[known.count * 9 / 10]
    var states = [EmissionState](repeating: .normal, count: lines.count)
    for hour in lines.indices {
      let hasValue = EmissionChannel.pollutants.contains { !values[$0.ordinal][hour].isNaN }
      switch EmissionMark(rawValue: marks[hour]) ?? .normal {
      case .shutdown: states[hour] = .shutdown
      case .normal:
        if lines[hour] == 0 || !hasValue {
          states[hour] = .missing
        } else if oxygen[hour] >= rules.shutdownOxygenPercent || flow[hour] <= rules.shutdownFlowShare * fullFlow {
          states[hour] = .shutdown
        }
      default: states[hour] = .excused
      }
    }
    // A spell of air of an hour or two while the flow stays is a zero or span check, not a standstill.
    forEachRun(states, of: .shutdown) { run in
      if run.count <= 2, run.allSatisfy({ flow[$0] > 0.5 * fullFlow }) { for hour in run { states[hour] = .excused } }
    }
    var edges: [Int] = []
    func edge(_ run: Range<Int>) {
      let reach = max(0, run.lowerBound - rules.edgeHours)..<min(states.count, run.upperBound + rules.edgeHours)
      edges += reach.filter { states[$0] == .normal }
    }
    forEachRun(states, of: .shutdown, edge)
    forEachRun(states, of: .missing) { if $0.count >= 6 { edge($0) } }
    for hour in edges { states[hour] = .edge }
    return states
  }

  /// Visits every longest stretch of one state, from the first on.
  static func forEachRun(
    _ states: [EmissionState], of wanted: EmissionState, _ body: (Range<Int>) -> Void
  ) {
    var start = 0
    while start < states.count {
      guard states[start] == wanted else {
        start += 1
        continue
      }
      var end = start + 1
      while end < states.count, states[end] == wanted { end += 1 }
      body(start..<end)
      start = end
    }
  }
}
