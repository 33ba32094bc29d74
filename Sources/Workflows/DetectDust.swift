internal import Diagnostics
public import Evidence
internal import Export
internal import Geometry
public import Grids
public import Ingest
internal import Quantities
internal import Readings

/// Holds dust-fall against a limit and writes collectors, counties and cities, with the error of each.
///
/// Counties come from the boundaries of the grid's region where they are installed, else from the file's county_code;
/// without boundaries a city is known by the first four digits.
public func detectDust(
  path: String, rules: DustFallRules, grid: Grid, options: ReadOptions, outPath: String
) throws -> EvidenceSummary {
  let read = try DustFallFile.read(path: path, options: options)
  let samples = read.value
  var notes = read.notes
  describe(read.rejects, of: path) { notes.append($0) }
  guard !samples.isEmpty else {
    throw Problem("\(path) has no row that can be used", remedy: "give station_id,month,lon,lat,dustfall_t_km2")
  }
  var region: Region?
  do throws(Problem) { region = try RegionSource.region(grid: grid, sizeMetres: grid.coarsestMetres).region } catch {
    notes.append("counties are those of the file: \(error.problem)")
  }
  let counties = samples.map { county(of: $0, region: region, grid: grid) }
  let unplaced = counties.count { $0 == nil }
  if unplaced > 0 { notes.append("\(unplaced) values lie in no known county: they count for their station alone") }
  let rows = DustFallScreen.rows(samples, counties: counties, rules: rules)
  var file = try OutputFile(path: outPath)
  try file.write("level,code,name,month,stations,dustfall_t_km2,standard_error,limit,over,p_over\n")
  for row in rows {
    var line = CSVLine()
    line.add(row.level.rawValue)
    line.add(row.code)
    line.add(row.name)
    line.add(row.month.description)
    line.add(row.stations)
    line.add((row.mean * 1000).rounded() / 1000)
    line.add((row.standardError * 1000).rounded() / 1000)
    line.add(row.limit)
    line.add(row.isOver ? 1 : 0)
    line.add(row.probabilityOver)
    try file.write(line.end())
  }
  try file.commit()
  for month in Set(samples.map(\.month)).sorted() {
    for level in [DustFallRow.Level.city, .county] {
      let kept = DustFallScreen.within(rows, level: level, month: month)
      guard kept.of > 0 else { continue }
      let share = (Double(kept.places) / Double(kept.of) * 1000).rounded() / 10
      let name = level == .city ? "cities" : "counties"
      notes.append("\(month): \(kept.places) of \(kept.of) \(name) at most \(rules.limit) t/(km2 30 d), \(share) %")
    }
  }
  let over = rows.count { $0.level == .station && $0.probabilityOver >= rules.minimumProbability }
  return EvidenceSummary(rows: rows.count, leads: over, rowsRejected: read.rejects.count, notes: notes)
}

private func county(of sample: DustFallSample, region: Region?, grid: Grid) -> County? {
  if let region, let position = sample.position,
    let slot = region.lattice.cell(at: grid.projection.forward(position)).flatMap(region.slot(of:))
  {
    return region.counties[region.homeCounty(slot: slot)]
  }
  guard let code = sample.countyCode else { return nil }
  if let known = region?.counties.first(where: { $0.code == code }) { return known }
  let isMunicipality = ["11", "12", "31", "50"].contains(code.prefix(2))
  let city = isMunicipality ? code.prefix(2) + "0000" : code.prefix(4) + "00"
  return County(code: code, name: code, cityCode: String(city), cityName: String(city), provinceName: "")
}
