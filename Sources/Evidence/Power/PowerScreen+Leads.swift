internal import Enterprises
public import Grids

extension PowerScreen {
  /// The flags of a screening as leads, in their order.
  ///
  /// - Parameters:
  ///   - firmCells: Cell of each enterprise; a flag of a firm lies there.
  ///   - meterCells: Cell of each meter, for flags without a firm and firms without a position.
  ///   - sources: Lines behind a flag: its ``PowerFlag/places``, and those of its meter, order and firm.
  public func leads(
    _ findings: PowerFindings, firmCells: [CellID?], meterCells: [CellID?], sources: (PowerFlag) -> [LeadSource]
  ) -> [Lead] {
    precondition(
      firmCells.count == enterprises.count && meterCells.count == meters.count, "one cell per firm and meter")
    return findings.flags.map { flag in
      let slot = Int(firmOf[flag.meter])
      let subject = PowerSubject(
        meter: meters[flag.meter], enterprise: slot >= 0 ? enterprises[slot] : nil,
        order: flag.order.map { orders.orders[$0] }, cell: (slot >= 0 ? firmCells[slot] : nil) ?? meterCells[flag.meter]
      )
      return flag.lead(subject, sources: sources(flag))
    }
  }
}
