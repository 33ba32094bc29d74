public import Enterprises
public import Quantities

extension PowerScreen {
  /// What each meter will be held against on a day, from the days before it: for ``QuickScreen``.
  ///
  /// - Parameter loads: Days before `day`; later ones are left out.
  /// - Returns: By meter; `nil` for meters without a registered firm or without load.
  public func dayBaselines(loads: [DayLoads], day: LocalDay, threads: Int) -> [MeterBaseline?] {
    let first = day.advanced(by: -rules.historyDays)
    let history = LoadHistory(loads.filter { $0.day < day }, meterCount: meters.count, days: first...day)
    let evidence = history.dayCount - 1..<history.dayCount
    let calendar = ScreenCalendar(rules: rules, firstDay: first, dayCount: history.dayCount, evidence: evidence)
    let stretches = firmStretches()
    return concurrentMap(meters.count, threads: threads) { meter -> MeterBaseline? in
      let firm = Int(firmOf[meter])
      guard firm >= 0 else { return nil }
      let state = MeterState(
        curves: MeterCurves(history, meter: meter), rules: rules, evidence: evidence, calendar: calendar)
      guard Circuit.allCases.contains(where: { state.curves.has($0) }) else { return nil }
      let cutter = OrderWindows(
        stretches: stretches[firm].stretches, hasSafetyLoad: industries.hasSafetyLoad(enterprises[firm].industryCode),
        firstDay: first)
      let isUnderOrder = cutter.daysUnderOrder(history.dayCount)
      var judged = state
      let window = cutter.windows(&judged).first { $0.day == evidence.lowerBound && $0.steps.count == 96 }
      let normal = state.normalDays(state.judged) { isUnderOrder[$0] }
      let usual = state.baseline(
        state.judged, steps: 0..<96, of: evidence.lowerBound,
        before: window.map(cutter.episodeDay) ?? evidence.lowerBound,
        normal: normal)
      return MeterBaseline(
        allowedShare: window.map { cutter.allowedShare($0.stretch.limitPercent, rules) },
        dailyKilowattHours: usual?.kilowattHours, judgesProduction: state.judged == .production,
        productionOn: state.production?.kilowattHours, treatmentOn: state.treatment?.kilowattHours)
    }
  }
}
