internal import Diagnostics
internal import Geometry
internal import Gridding
internal import Grids
internal import Ingest
internal import Quantities
internal import Store

/// A raster or swath becomes one field of the region's cells for one day.
func fieldParts(_ request: IngestRequest, region: WorkspaceRegion) throws -> IngestParts {
  let sizeMetres = region.grid.coarsestMetres
  let limits = regionBox(region.region)
  var parts = IngestParts()
  let mapped: MappedField
  if request.kind == .raster {
    mapped = try RasterMapping.cells(
      path: request.path, variable: request.variable, band: 1, reference: request.reference, grid: region.grid,
      sizeMetres: sizeMetres, limits: limits, threads: request.threads, progress: request.progress)
    // A raster may have a thousand million pixels: those refused are counted by reason and not listed.
    parts.rowsRead = mapped.pixels + mapped.refusals.total
    parts.rowsKept = mapped.pixels
    parts.unlistedRejects = mapped.refusals.total
  } else {
    var options = SwathMapping.Options()
    options.variable = request.variable
    options.minimumQuality = request.minimumQuality ?? options.minimumQuality
    options.correlation = request.correlation
    options.assumesRegular = request.assumesRegular
    options.reference = request.reference
    options.limits = limits
    let result = try SwathMapping.cells(
      path: request.path, options: options, grid: region.grid, sizeMetres: sizeMetres, read: request.readOptions)
    parts = IngestParts(result)
    mapped = result.value
  }
  parts.notes = mapped.notes
  guard let day = request.period.flatMap(firstDay) ?? dateInName(request.fileName) else {
    throw Problem(
      "the day of \(request.path) is not known",
      remedy: "name it with --time 2017-11-21, or put it into the file's name")
  }
  let (field, weights) = inside(region.region, mapped)
  if field.count == 0 { parts.notes.append("no pixel with a value touches the region") }
  let variable = request.variable ?? quantityInName(request.fileName)
  parts.batch.fields = [DayField(variable: variable, day: day, field: field, weights: weights)]
  return parts
}

private func firstDay(of period: Period) -> LocalDay {
  switch period {
  case .hour(let hour): hour.day
  case .day(let day): day
  case .month(let month): month.firstDay
  }
}

/// A date written as 2017-11-21 or 20171121 anywhere in a name. - Returns: `nil` when there is none.
func dateInName(_ name: String) -> LocalDay? {
  let bytes = Array(name.utf8)
  for start in bytes.indices {
    for (length, text) in [(10, 10), (8, 8)] where start + length <= bytes.count {
      let part = String(decoding: bytes[start..<start + length], as: UTF8.self)
      guard text == 10 ? true : part.allSatisfy(\.isNumber) else { continue }
      let dashed = text == 10 ? part : "\(part.prefix(4))-\(part.dropFirst(4).prefix(2))-\(part.suffix(2))"
      if let day = LocalDay(dashed), (1970...2200).contains(day.civil.year) { return day }
    }
  }
  return nil
}

/// The pollutant a file name mentions, as the variable's name; `value` when it mentions none.
private func quantityInName(_ name: String) -> String {
  let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
  return Pollutant.allCases.first { plain.contains($0.rawValue) }?.rawValue ?? "value"
}

/// The box around a region's cells, projected metres.
func regionBox(_ region: Region) -> PlaneBox? {
  guard let first = region.cells.first else { return nil }
  var box = region.lattice.box(of: first)
  for cell in region.cells {
    let next = region.lattice.box(of: cell)
    box.minX = min(box.minX, next.minX)
    box.maxX = max(box.maxX, next.maxX)
    box.minY = min(box.minY, next.minY)
    box.maxY = max(box.maxY, next.maxY)
  }
  return box
}

/// The part of a field on the region's cells, with what each value weighs.
private func inside(_ region: Region, _ mapped: MappedField) -> (field: CellField, weights: [Double]) {
  let field = mapped.field
  // The field leaves out cells without weight, of which the sums have none: both have the same cells.
  precondition(field.cells == mapped.sums.cells, "a field has the cells of its sums")
  let slots = field.cells.indices.filter { region.slot(of: field.cells[$0]) != nil }
  let part = CellField(
    cells: slots.map { field.cells[$0] }, values: slots.map { field.values[$0] },
    variances: slots.map { field.variances[$0] }, counts: slots.map { field.counts[$0] },
    coverages: slots.map { field.coverages[$0] })
  return (part, slots.map { mapped.sums.weights[$0] })
}
