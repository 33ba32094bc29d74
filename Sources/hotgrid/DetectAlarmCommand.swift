internal import ArgumentParser
internal import Hotspots
internal import Quantities
internal import Workflows

struct DetectAlarmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alarm",
    abstract: "Find cells clearly above the cells around them.",
    discussion: """
      Reads a cells file and compares every cell with the median of its ring, period by period. Writes
      \(HotFile.alarmColumns)
      and says the rule in words. --rule dense is for fields that cover most cells (satellite), --rule sparse for
      stations: it widens the ring until enough cells have a value. The other options change single thresholds.

      Example: hotgrid detect alarm --cells day.csv --pollutant pm25 --min-ratio 1.3 --only-alarms --out alarms.csv
      """)

  enum Preset: String, ExpressibleByArgument, CaseIterable {
    case dense, sparse
  }

  @OptionGroup var common: CommonOptions
  @OptionGroup var files: DetectFiles

  @Option(
    help: "Whose unit and floor count: pm25, pm10, so2, no2, o3 or co; pm25 when left out.",
    transform: reading("pm25, pm10, so2, no2, o3 or co") { Pollutant(rawValue: $0) })
  var pollutant: Pollutant = .pm25

  @Option(help: "dense or sparse.")
  var rule: Preset = .dense

  @Option(help: "Least value / median of the ring.")
  var minRatio: Double?

  @Option(help: "Least robust z.")
  var minZ: Double?

  @Option(help: "Least standard deviation of a contrast, in the pollutant's unit.")
  var floor: Double?

  @Option(help: "Least share of the ring's cells with a value, 0 to 1.")
  var minRingShare: Double?

  @Option(help: "Least number of the ring's cells with a value.")
  var minRingCells: Int?

  @Option(help: "Rings to start with; 1 is the 8 cells around.")
  var rings: Int?

  @Option(help: "Rings to widen to.")
  var maxRings: Int?

  @Option(
    help: "Only what comes back is an alarm: 3/5 asks for 3 of the cell's last 5 periods with data.",
    transform: reading("such as 3/5") { AlarmPersistence($0) })
  var persistence: AlarmPersistence?

  @Flag(help: "Leave out the cells that raise no alarm.")
  var onlyAlarms = false

  private var alarmRule: AlarmRule {
    var alarm = rule == .dense ? AlarmRule.dense : .sparse
    if let minRatio { alarm.minimumRatio = minRatio }
    if let minZ { alarm.minimumRobustZ = minZ }
    if let floor { alarm.floors[pollutant.rawValue] = floor }
    if let minRingShare { alarm.minimumRingShare = minRingShare }
    if let minRingCells { alarm.minimumRingCells = minRingCells }
    if let rings { alarm.rings = rings }
    alarm.maximumRings = maxRings ?? max(alarm.maximumRings, alarm.rings)
    return alarm
  }

  func run() throws {
    try reporting {
      let alarm = alarmRule
      let summary = try detectAlarm(
        cellsPath: files.cells, outPath: files.out, rule: alarm, pollutant: pollutant, onlyAlarms: onlyAlarms,
        persistence: persistence, threads: common.threads, messages: common.say)
      common.say("alarm: \(alarm.words(for: pollutant))\(persistence.map { " \($0.words)" } ?? "")")
      try common.report(summary, rowsWentTo: files.out)
    }
  }
}
