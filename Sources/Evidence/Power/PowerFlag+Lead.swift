public import Enterprises
public import Grids
internal import Quantities

/// What a flag is about, beyond its numbers.
public struct PowerSubject: Sendable {
  /// The meter whose load it is.
  public let meter: Meter
  /// The firm of the meter; `nil` for a meter without one.
  public let enterprise: Enterprise?
  /// The order of the flag, when it has one.
  public let order: StopOrder?
  /// Where the firm or the meter stands.
  public let cell: CellID?

  public init(meter: Meter, enterprise: Enterprise?, order: StopOrder?, cell: CellID?) {
    self.meter = meter
    self.enterprise = enterprise
    self.order = order
    self.cell = cell
  }
}

extension PowerFlag {
  /// The flag as a lead: a sentence with its numbers, what would disprove it, and where the numbers came from.
  ///
  /// - Parameter sources: Lines of the power file (see ``places``), of the meter, the order and the register.
  public func lead(_ subject: PowerSubject, sources: [LeadSource]) -> Lead {
    Lead(
      kind: rule.leadKind, cell: subject.cell, creditCode: subject.enterprise?.creditCode ?? subject.meter.creditCode,
      meterID: subject.meter.id, firstDay: first.day, lastDay: last.day, strength: strength,
      statement: statement(subject), disproof: disproof, numbers: numbers, sources: sources)
  }

  private func statement(_ subject: PowerSubject) -> String {
    let meter = "meter \(subject.meter.id)"
    let span = first.day == last.day ? "on \(first.day)" : "from \(first.day) to \(last.day)"
    let order = subject.order.map { "order \($0.id) (\($0.kind.rawValue))" } ?? "an order"
    let observed = plain(observedKilowattHours)
    let baseline = plain(baselineKilowattHours)
    let days = counted(evidenceDays, "day")
    var text: String
    switch rule {
    case .stopOrder:
      text =
        "While \(order) asked for a full stop, the \(circuit.rawValue) circuit of \(meter) used \(observed) kWh "
        + "on \(days) \(span), \(percent(ratio)) of its baseline of \(baseline) kWh; at most \(percent(threshold)) is usual."
    case .limitOrder:
      let limit = subject.order.map { "a cut of \(plain($0.limitPercent)) %" } ?? "a cut"
      text =
        "While \(order) asked for \(limit), the \(circuit.rawValue) circuit of \(meter) used \(observed) kWh on "
        + "\(days) \(span), \(percent(ratio)) of its baseline of \(baseline) kWh; up to \(percent(threshold)) is accepted."
    case .stopOrderNight:
      text =
        "While \(order) asked for a full stop, the \(circuit.rawValue) circuit of \(meter) was on for "
        + "\(plain(evidenceHours, decimals: 1)) h between 22:00 and 06:00 on \(days) \(span); the energy of whole days says too little."
    case .treatmentOff:
      text =
        "Production at \(meter) was on for \(plain(evidenceHours, decimals: 1)) h on \(days) \(span) while treatment "
        + "was off: it used \(observed) kWh where \(baseline) kWh are usual."
    case .treatmentLate:
      text =
        "Treatment at \(meter) started late after production on \(days) \(span), in all "
        + "\(plain(evidenceHours, decimals: 1)) h without treatment."
    case .treatmentIdle:
      text =
        "While production at \(meter) ran on \(days) \(span), treatment used \(observed) kWh where \(baseline) kWh are "
        + "usual, \(percent(ratio)): idling or a lowered frequency would look like this."
    case .nightShift:
      text =
        "Without an order, work at \(meter) moved into the night on \(days) \(span): power between 22:00 and 06:00 was "
        + "\(plain(ratio, decimals: 1)) times that of the day (\(observed) against \(baseline) kWh an hour)."
    case .loadVanished:
      text =
        "The production circuit of \(meter) fell to \(observed) kWh on \(days) \(span), \(percent(ratio)) of its usual "
        + "\(baseline) kWh, while other circuits of the firm worked on."
    case .meterReading:
      text =
        "The readings of \(meter) do not agree on \(days) \(span): \(observed) kWh by one account, \(baseline) kWh by "
        + "the other (\(circuit.rawValue) circuit)."
    case .unregisteredLoad:
      text =
        "No firm is registered for \(meter) (tariff \(subject.meter.tariff)), yet it used \(observed) kWh a day "
        + "\(span), \(plain(ratio, decimals: 1)) times the \(baseline) kWh of its reference, in the manner of machines."
    case .closedFirmLoad:
      text =
        "The register calls the firm of \(meter) \(subject.enterprise?.status ?? "closed"), yet it used \(observed) kWh "
        + "a day \(span), in the manner of machines."
    }
    if suspectsSelfGeneration {
      text += " The grid meter shows less than the circuits use: own generation is likely."
    }
    return text
  }

  private var disproof: String {
    switch rule {
    case .stopOrder, .limitOrder:
      "An exemption or a later amendment of the order, a furnace kept hot for safety, heating, cold storage or another "
        + "user behind the same meter, or a baseline from untypical days would explain it. Compare production records "
        + "and the stock of raw material."
    case .stopOrderNight:
      "Maintenance, cleaning, a night watch's heating or the safe run-down of a furnace would explain it. Compare the "
        + "shift book and fresh products."
    case .treatmentOff:
      "Treatment on another meter or circuit, a step that emits nothing, an approved by-pass or maintenance, or a wrong "
        + "assignment of circuits would explain it. Compare the treatment's own log and the order of the circuits."
    case .treatmentLate:
      "Warming up that emits nothing, or clocks of the two meters that differ, would explain it. Compare both clocks."
    case .treatmentIdle:
      "A product that needs less treatment, new filters or a more efficient fan, or a wrong assignment of circuits would "
        + "explain it. Compare the frequency converter's log and the pressure across the filter."
    case .nightShift:
      "A cheap night tariff (谷段电价), heat of the day, or an agreed change of shifts would explain it. Compare the tariff "
        + "and the shift book."
    case .loadVanished:
      "A line moved to another meter with notice, a replaced or broken production meter, or work that needs no such line "
        + "would explain it. Compare the wiring and the stock of raw material."
    case .meterReading:
      "A replaced meter or transformer ratio, own generation taken into use, or a gap in the transmission would explain it. "
        + "Compare the seals and the grid company's own reading."
    case .unregisteredLoad:
      "A shop, a school, a cold store, a pump, car charging or electric heating would explain it, as would a registered "
        + "firm whose code is missing from the meter list."
    case .closedFirmLoad:
      "A new tenant with its own registration, or a register that is out of date, would explain it."
    }
  }

  private var numbers: [LeadNumber] {
    let unit = rule == .unregisteredLoad || rule == .closedFirmLoad ? "kWh/d" : "kWh"
    return [
      LeadNumber("observed", observedKilowattHours, unit), LeadNumber("baseline", baselineKilowattHours, unit),
      LeadNumber("ratio", ratio), LeadNumber("threshold", threshold), LeadNumber("evidence hours", evidenceHours, "h"),
      LeadNumber("evidence days", Double(evidenceDays), "d"),
    ]
      + (evidence.map {
        [LeadNumber("p", $0.p), LeadNumber("e", $0.e), LeadNumber("false-alarm level", $0.level)]
      } ?? [])
  }
}
