import Diagnostics
import Foundation
import Grids
import Ingest
import TestSupport
import Testing

@Suite struct PlacesFileTests {
  static let directory = Result {
    try PlacesFile.read(
      placesPath: TestFiles.repository.appending(path: "grids/places-2p26.csv").path,
      aliasesPath: TestFiles.repository.appending(path: "grids/place-aliases-2p26.csv").path)
  }

  @Test(arguments: [
    ("130108", "130108"), ("裕华区", "130108"), ("裕华", "130108"), ("yuhuaqu", "130108"), ("Yuhua Qu", "130108"),
    ("yuhua", "130108"), ("滦县", "130284"), ("130223", "130284"), ("luanxian", "130284"), ("滦州市", "130284"),
    ("邢台县", "130503"), ("371202", "370116"), ("莱城区", "370116"), ("郑东新区", "410105"), ("雄安新区", "130629"),
    ("石家庄桥西区", "130104"), ("石家庄市桥西区", "130104"), ("shijiazhuang qiaoxi", "130104"), ("changzhi luzhou", "140403"),
    ("桥东区", "130502"), ("130502", "130502"),
  ])
  func `a county answers to every name it has or had`(query: String, code: String) throws {
    #expect(try Self.directory.get().county(query).code == code)
  }

  @Test func `a name of two counties is refused with both`() throws {
    let error = #expect(throws: Problem.self) { try Self.directory.get().county("长安县城新华区") }
    #expect(error?.exitStatus == .usage)
    let ambiguous = #expect(throws: Problem.self) { try Self.directory.get().county("新华区") }
    let problem = try #require(ambiguous?.problem)
    #expect(problem.contains("130105") && problem.contains("130902"))
  }

  @Test func `an unknown code names its neighbours`() throws {
    let error = #expect(throws: Problem.self) { try Self.directory.get().county("130199") }
    #expect(try #require(error?.problem).contains("130108"))
  }

  @Test func `a county that changed its name answers with the new one`() throws {
    #expect(try Self.directory.get().county("桥东区").name == "襄都区")
  }
}
