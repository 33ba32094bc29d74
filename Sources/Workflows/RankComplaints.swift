public import Diagnostics
internal import Enterprises
public import Evidence
internal import Export
internal import Geometry
public import Grids
public import Ingest
public import Quantities

/// What a ranking of complaints counted.
public struct RankComplaintsSummary: Sendable {
  /// The window, both ends included.
  public let days: ClosedRange<LocalDay>
  /// Rows of the file after the header, of any day and about anything.
  public let rowsRead: Int
  /// About air, in the window; of them repeats.
  public let counted: Int
  /// Of `counted`, reports that repeat an earlier one from the same place about the same thing.
  public let repeats: Int
  /// What is left without repeats, by how well its place is known; `nowhere` is on no cell.
  public let places: (placed: Int, vague: Int, county: Int, nowhere: Int)
  /// Cells with at least some weight of a report, each a row of the output.
  public let cells: Int
  /// Counties that report at least half as much again as usual, with the factor.
  public let campaigns: [(county: County, factor: Double)]
  /// What could not be used, for the reject file.
  public let rejects: RejectLog
}

/// Ranks cells by complaints beyond their county's reporting, and writes a cells file with the parts.
///
/// - Parameter lastDay: Of the window; the last day of the file when left out.
public func rankComplaints(
  path: String, rules: ComplaintRules, lastDay: LocalDay?, grid: Grid, options: ReadOptions, out: String
) throws -> RankComplaintsSummary {
  let region = try RegionSource.region(grid: grid, sizeMetres: grid.coarsestMetres).region
  let read = try ComplaintsFile.read(path: path, options: options)
  guard let last = lastDay ?? read.value.map(\.time.day).max() else {
    throw Problem("\(path) has no complaint that can be used", remedy: "look at the rejected rows")
  }
  let points = read.value.map { $0.position.map(grid.projection.forward) }
  let ranking = ComplaintScreen.ranking(read.value, points: points, region: region, rules: rules, lastDay: last)
  let model = ranking.model
  var file = try OutputFile(path: out)
  try file.write(
    "cell,period,value,variance,count,coverage,rank,low,high,complaints,expected,county_code,campaign_factor,p\n")
  var ranks = [Int](repeating: 0, count: region.cells.count)
  for (rank, cell) in model.ranked.enumerated() { ranks[cell.slot] = rank + 1 }
  for cell in model.cells {
    let county = region.homeCounty(slot: cell.slot)
    var line = CSVLine()
    line.add(region.cells[cell.slot].description)
    line.add("")
    line.add(cell.intensity)
    line.add(cell.variance)
    line.add(Int(cell.reports.rounded()))
    line.add("")
    line.add(ranks[cell.slot])
    line.add(cell.interval.lowerBound)
    line.add(cell.interval.upperBound)
    line.add(cell.reports)
    line.add(cell.expected)
    line.add(region.counties[county].code)
    line.add(model.campaignFactors[county])
    line.add(cell.p)
    try file.write(line.end())
  }
  try file.commit()
  return RankComplaintsSummary(
    days: ranking.days, rowsRead: read.rowsRead, counted: ranking.counted, repeats: ranking.repeats,
    places: ranking.places, cells: model.cells.count,
    campaigns: region.counties.indices.filter { model.campaignFactors[$0] >= 1.5 }
      .map { (county: region.counties[$0], factor: model.campaignFactors[$0]) },
    rejects: read.rejects)
}
