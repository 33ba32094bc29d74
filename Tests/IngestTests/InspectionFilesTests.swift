import Diagnostics
import Ingest
import Inspections
import Quantities
import Testing

@Suite struct InspectionFilesTests {
  private let options = ReadOptions(now: testClock)

  private func rejects<Value>(_ result: ReadResult<Value>) -> [String] {
    result.rejects.rows.map { "\($0.line): \($0.reason)" }
  }

  @Test func `inspectors keep their lists, and a row without a home city is rejected`() throws {
    let path = try temporaryFile(
      """
      inspector_id,home_city,certified_from,certified_until,specialities,conflicts,max_per_day,base_lon,base_lat
      I-1,石家庄市,2016-01-01,2018-12-31,steel; chemistry,E-1;130102,4,114.5,38.0
      I-2,,2016-01-01,2018-12-31,,,,,
      I-3,130500,2018-12-31,2016-01-01,,,,,
      I-4,130500,2016-01-01,2018-12-31,,,0,,
      I-1,130500,2016-01-01,2018-12-31,,,,,
      I-5,130500,2016-01-01,2018-12-31,,,,,

      """)
    let read = try InspectorsFile.read(path: path, options: options)
    #expect(
      rejects(read) == [
        "3: home_city is empty", "4: the certificate ends before it begins", "5: max_per_day is not a number above 0",
        "6: inspector_id occurs twice in the file",
      ])
    #expect(read.value.map(\.id) == ["I-1", "I-5"])
    #expect(read.value[0].homeCity == .name("石家庄"))
    #expect(read.value[0].specialities == ["chemistry", "steel"])
    #expect(read.value[0].conflicts == ["130102", "E-1"])
    #expect(read.value[0].maximumPerDay == 4 && read.value[1].maximumPerDay == InspectorsFile.usualMaximumPerDay)
  }

  @Test func `only drawn targets are routed, with the firm of their id and both kinds of times`() throws {
    let path = try temporaryFile(
      """
      target_id,lon,lat,earliest,latest,drawn,duration_minutes
      E-91130100MA07ABCD1J,114.5,38.0,9:30,2017-11-22T15:00,1,45
      C-1,114.5,38.0,,,0,
      C-2,,,,,1,
      C-3,114.5,38.0,nine,,1,
      C-4,114.5,38.0,,24:00,1,2000

      """)
    let read = try RouteTargetsFile.read(path: path, options: options)
    #expect(read.value.map(\.id) == ["E-91130100MA07ABCD1J"])
    #expect(read.rowsPassedOver == 1)
    #expect(
      rejects(read) == [
        "4: the target has no position to drive to", "5: time of day is not like 08:30",
        "6: duration_minutes is not a number from 0 to 1440",
      ])
    #expect(read.value[0].earliest == .everyDay(seconds: 34_200))
    #expect(read.value[0].latest == readInstant("2017-11-22T15:00").map { .moment($0) })
    #expect(read.value[0].visitMinutes == 45)
  }

  @Test(arguments: ["8:60", "25:00", "24:30", "8", "8:1:2:3", "-1:00"])
  func `a start that is no time of day rejects its team`(start: String) throws {
    let path = try temporaryFile(
      "team,base_lon,base_lat,start,end\nA,114.5,38.0,\(start),18:00\nB,114.5,38.0,8:00,18:00\n")
    let read = try TeamsFile.read(path: path, options: options)
    #expect(read.value.map(\.id) == ["B"])
    #expect(read.value.first?.startSeconds == 28_800)
    #expect(rejects(read) == ["2: time of day is not like 08:30"])
  }

  @Test func `a routes file gives targets with their team, and those on no route apart`() throws {
    let path = try temporaryFile(
      """
      team,day,order,target_id,arrive,leave,distance_km,uscc,city,county_code,industry_code,reason
      A,2017-11-22,0,,,2017-11-22T08:30:00+08:00,,,,,,
      A,2017-11-22,1,C-9,2017-11-22T09:20:13+08:00,2017-11-22T10:50:13+08:00,30.143,,邢台市,130502,3032,
      A,2017-11-22,2,,2017-11-22T11:20:13+08:00,,30.143,,,,,
      ,,,C-7,,,,,邢台市,130502,3032,no room beside the other targets

      """)
    let read = try RoutesFile.read(path: path, options: options)
    #expect(read.value.routed.map(\.targetID) == ["C-9"] && read.value.routed[0].countyCode == "130502")
    #expect(read.value.unserved == ["C-7"])
  }

  @Test func `tasks and approvals without what the rules need are rejected`() throws {
    let tasks = try TasksFile.read(
      path: try temporaryFile(
        """
        target_id,date,origin,leads,campaign,admitted
        a,2018-03-01,random,,,
        b,2018-03-01,lead,L1;L2,,1
        c,2018-03-01,tip,,,1
        d,2018-03-01,Special-Campaign,,VOC 2018,0

        """), options: options)
    #expect(rejects(tasks) == ["4: origin is not random, lead or special-campaign"])
    #expect(tasks.value.map(\.targetID) == ["a", "b"] && tasks.value[1].leadIDs == ["L1", "L2"])
    let approvals = try ApprovalsFile.read(
      path: try temporaryFile(
        "target_id,approved_by,approved_at,basis\na,head,2018-02-28 17:00,plan 7\nb,,2018-02-28 17:00,plan 7\n"
          + "c,head,2018-02-28 17:00,\nd,head,soon,plan 7\n"), options: options)
    #expect(approvals.value.map(\.targetID) == ["a"])
    #expect(approvals.rejects.count == 3)
  }

  @Test func `a matrix with a negative drive loses that drive only`() throws {
    let read = try TravelMatrixFile.read(
      path: try temporaryFile("from,to,km,minutes\na,b,1.5,2\nb,a,-1,2\nb,a,1,x\n"), options: options)
    #expect(read.value.map(\.metres) == [1500] && read.value.map(\.seconds) == [120])
    #expect(rejects(read) == ["3: km or minutes is not a number from 0", "4: km or minutes is not a number from 0"])
  }

  @Test func `a frozen list with a changed row or salt is refused, not read in part`() throws {
    let good = "target_id,origin,day,salt\nE-1,random,2017-11-22,s\nE-2,lead,2017-11-22,s\n"
    let list = try FrozenListFile.read(path: try temporaryFile(good), options: options)
    #expect(list.targets.count == 2 && list.salt == "s")
    for bad in [
      good.replacing("2,lead,2017-11-22,s", with: "2,lead,2017-11-22,t"), good.replacing("lead", with: "tip"),
    ] {
      #expect(throws: (any Error).self) { try FrozenListFile.read(path: temporaryFile(bad), options: options) }
    }
  }
}
