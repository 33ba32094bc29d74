import Diagnostics
import Enterprises
import Evaluation
import Foundation
import Ingest
import Inspections
import Quantities
import TestSupport
import Testing

@Suite struct OutcomesFileTests {
  private let options = ReadOptions(now: testClock)
  private let header = "target_id,uscc,time,inspector_ids,problems,severity,notes\n"
  private let code = CreditCode.make(areaCode: "130108", number: 5).text

  @Test func `numbers and classes of problems are read, and a severity that is not given is the policy's`() throws {
    let path = try temporaryFile(
      header + "E-\(code),\(code),2017-11-22 10:30,I-7;I-9,2,7.5,kiln\n" + "C-3000-1-1,,2017-11-22,I-1,0,,\n"
        + "M-4,,2017-11-22T09:00:00+08:00,,dust:2;治污设施不正常运行,,\n" + "M-5,,2017-11-22,,散乱污；其他,,\n"
        + "M-6,,2017-11-22,,3,,\n")
    let result = try OutcomesFile.read(path: path, options: options)
    #expect(result.rejects.isEmpty)
    #expect(result.value.map(\.problems) == [2, 0, 3, 2, 3])
    // Two of dust at 1 and one treatment at 3; a scattered polluter at 2 and another problem at 1.
    #expect(result.value.map(\.severity) == [7.5, 0, 5, 3, 3])
    #expect(result.value[0].inspectorIDs == ["I-7", "I-9"])
    #expect(result.value[0].creditCode == code)
    #expect(result.value[0].time.iso8601 == "2017-11-22T10:30:00+08:00")
    #expect(result.value[2].classes == ["dust", "treatment-not-running"])
    #expect(result.notes.first?.hasPrefix("3 outcomes give no severity") == true)
    var severities = ProblemSeverity()
    severities.dust = 10
    #expect(try OutcomesFile.read(path: path, severities: severities, options: options).value[2].severity == 23)
  }

  @Test(arguments: [
    (",,2017-11-22,,1,,", "target_id is empty"), ("T,,yesterday,,1,,", "time is not a time"),
    ("T,,2099-01-01,,1,,", "time is in the future"), ("T,,2017-11-22,,,,", "problems is empty"),
    ("T,,2017-11-22,,-1,,", "problems is not a whole number"),
    ("T,,2017-11-22,,1.5,,", "problems is not a whole number"),
    ("T,,2017-11-22,,murder,,", "problems names a class that is not known"),
    ("T,,2017-11-22,,dust:0,,", "the count of a problem class"), ("T,,2017-11-22,,0,4,", "severity without a problem"),
    ("T,,2017-11-22,,1,bad,", "severity is not a number"), ("T,911300000000000000,2017-11-22,,1,,", "credit code"),
    ("G,,2017-11-22,,1,,", "a second row of the same target and time"),
  ])
  func `a bad row is rejected with its reason and the good one stays`(row: String, reason: String) throws {
    let path = try temporaryFile(header + "G,,2017-11-22,,1,,\n" + row + "\n")
    let result = try OutcomesFile.read(path: path, options: options)
    #expect(result.value.map(\.targetID) == ["G"])
    #expect(result.rejects.rows.map(\.line) == [3])
    #expect(result.rejects.rows.first?.reason.contains(reason) == true, "\(result.rejects.rows)")
  }

  @Test func `telephone numbers leave notes and the reject file`() throws {
    let path = try temporaryFile(header + "G,,2017-11-22,,1,,call 13812345678\nT,,never,,1,,call 13812345678\n")
    let result = try OutcomesFile.read(path: path, options: options)
    #expect(result.value.first?.notes == "call [removed]")
    #expect(result.rejects.rows.first?.text.contains("13812345678") == false)
  }

  @Test func `every class of problem has a severity of its own in the policy, and a name that is read`() throws {
    for problem in ProblemClass.allCases {
      let path = try temporaryFile(header + "T,,2017-11-22,,\(problem.rawValue),,\n")
      let outcome = try #require(try OutcomesFile.read(path: path, options: options).value.first)
      #expect(outcome.severity == ProblemSeverity()[problem] && outcome.classes == [problem.rawValue])
    }
    #expect(ProblemSeverity().defects.isEmpty)
  }

  @Test func `frames, draws and features are read from tables of targets`() throws {
    let path = try temporaryFile(
      "target_id,date,kind,county_code,county,cell,score,parts,inclusion_probability,drawn\n"
        + "E-A,2017-11-22,enterprise,130108,裕华区,3000-1-1,13,base=1;stop-order-load=12,0.5,1\n"
        + "C-9,2017-11-22,,130109,,,1,base=1,0.1,0\n")
    let frame = try EvaluationFrameFile.read(path: path, options: options)
    #expect(frame.value.map(\.county) == ["130108", "130109"])
    #expect(frame.value.map(\.targetClass) == ["enterprise", "cell"])
    #expect(frame.value.map(\.cell) == ["3000-1-1", nil])
    #expect(frame.value[0].day == LocalDay("2017-11-22"))
    let drawn = try EvaluationDrawnFile.read(path: path, options: options)
    #expect(drawn.value.map(\.isDrawn) == [true, false] && drawn.value.map(\.arm) == [nil, nil])
    let features = try FeaturesFile.read(path: path, parts: ["stop-order-load", "fires"], options: options)
    #expect(features.value.map(\.points) == [[12, 0], [0, 0]])
    #expect(features.value.map(\.score) == [13, 1])
    let wide = try temporaryFile("id,inclusion_probability,stop_order_load,fires\nE-A,0.5,6,\nE-B,0,1,1\nE-C,1,-2,0\n")
    let columns = try FeaturesFile.read(path: wide, parts: ["stop-order-load", "fires"], options: options)
    #expect(columns.value.map(\.points) == [[6, 0]] && columns.value.map(\.score) == [6])
    #expect(columns.rejects.count == 2)
    #expect(throws: Problem.self) {
      try FeaturesFile.read(
        path: try temporaryFile("id,inclusion_probability\nE-A,1\n"), parts: ["x"], options: options)
    }
  }
}
