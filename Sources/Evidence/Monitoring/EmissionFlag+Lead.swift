public import Enterprises
public import Grids
internal import Glibc

extension EmissionFlag {
  /// The flag as a lead.
  ///
  /// - Parameters:
  ///   - name: Of the firm, for the sentence.
  ///   - cell: Where the firm is; `nil` where nobody knows.
  ///   - sources: Lines behind the flag: its ``lines``, and those of load and register where they took part.
  public func lead(_ outlet: EmissionOutlet, name: String, cell: CellID?, sources: [LeadSource]) -> Lead {
    Lead(
      kind: .emissionMonitor, cell: cell, creditCode: outlet.creditCode, meterID: nil, firstDay: first, lastDay: last,
      strength: strength, statement: statement(outlet, name: name), disproof: disproof,
      numbers: numbers + [
        LeadNumber("hours", Double(hours), "h"), LeadNumber("p", p), LeadNumber("tests on the outlet", Double(tests)),
        LeadNumber("p after correction", adjustedP),
      ], sources: sources)
  }

  /// -log10 of the corrected p over 6, at most 1.
  public var strength: Double { min(1, max(0, -log10(max(adjustedP, 1e-300)) / 6)) }

  private func number(_ name: String) -> Double { numbers.first { $0.name == name }?.value ?? 0 }

  private func statement(_ outlet: EmissionOutlet, name: String) -> String {
    let what = channel.map { "\($0.displayName) " } ?? ""
    let place = "outlet \(outlet.outlet) of \(name)"
    let span = first == last ? "on \(first)" : "between \(first) and \(last)"
    switch test {
    case .flatLine:
      return "\(what)at \(place) did not change for \(plain(number("longest run"))) h \(span); it equals the hour "
        + "before in at most \(percent(number("chance of a tie"))) of hours otherwise."
    case .limitPin:
      return "Converted \(what)at \(place) came just under its limit of \(plain(number("limit"))) mg/m³ "
        + "\(plain(number("visits just below"))) times \(span) and just above it "
        + "\(plain(number("visits just above"))) times, where \(percent(number("share expected below"))) below are expected."
    case .zeroAtPower:
      return "The monitor at \(place) saw nothing while production ran at full power, for \(plain(Double(hours))) h on "
        + "\(counted(Int(number("days")), "day")) \(span)."
    case .oxygenCoupled:
      return "Oxygen at \(place) followed \(what)so that the converted value changed by "
        + "\(plain(number("hourly change of the converted value"), decimals: 2)) % from hour to hour \(span), while the "
        + "measured one changed by \(plain(number("hourly change of the measured value"), decimals: 1)) %."
    case .oxygenRange:
      return "Oxygen at \(place) had a median of \(plain(number("median oxygen of these days"), decimals: 1)) % on "
        + "\(counted(Int(number("days outside")), "day")) \(span); such a plant runs between "
        + "\(plain(number("least plausible oxygen"))) and \(plain(number("largest plausible oxygen"))) %."
    case .copiedDays where channel == nil:
      return
        "Pollutants and oxygen of \(counted(Int(number("pairs of days")), "pair")) of days at \(place) \(span) moved "
        + "alike from hour to hour, within \(plain(number("difference of hourly changes"))) % of what two days there "
        + "differ by."
    case .copiedDays:
      return
        "\(counted(Int(number("pairs of days")), "pair")) of days of \(what)at \(place) \(span) have the same hourly "
        + "changes within \(plain(number("difference of hourly changes"), decimals: 2)) %."
    case .copiedOutlet:
      return
        "\(counted(Int(number("copied days")), "day")) of \(what)at \(place) \(span) equal days of another outlet to "
        + "the last digit."
    case .flowLoad:
      return "Flow per kWh of production at \(place) changed by a factor of "
        + "\(plain(number("factor of flow per kWh"), decimals: 2)) from one day to the next; the lower side is \(span)."
    }
  }

  private var disproof: String {
    switch test {
    case .flatLine:
      "A frozen data link, an instrument fault that was reported, or a damped signal would explain it. Compare the "
        + "instrument's own memory with what was sent, and the maintenance log."
    case .limitPin:
      "Tight control of reagent dosing can keep a plant just under its limit, and a permit may name another limit. "
        + "Compare ammonia or lime use, the controller's set point and the five-second data."
    case .zeroAtPower:
      "Another line on the same circuit, an outlet that stood while a by-pass ran with a permit, a reported fault, or "
        + "clocks that differ would explain it. Compare fan current, the fault log and the valve of the by-pass."
    case .oxygenCoupled:
      "Values that were converted before they were sent, or oxygen computed from the load instead of measured, would "
        + "explain it. Compare the oxygen cell's raw signal, and inject a gas of known oxygen."
    case .oxygenRange:
      "Another fuel or kiln than the register says, or oxygen given as wet gas, would explain it. Check the cell with a "
        + "gas of known oxygen and look for air let in at the probe."
    case .copiedDays, .copiedOutlet:
      "A data link that sent a day twice, or one stack with two names, would explain it. Compare the instrument's own "
        + "memory with what was sent."
    case .flowLoad:
      "A new fan, a repaired leak, a changed pitot coefficient with a record of it, or other machines on the circuit "
        + "would explain it. Compare the flow meter's settings with their last approved ones."
    }
  }
}
