internal import Enterprises
public import Geometry
internal import Grids
internal import Quantities

extension SyntheticWorld {
  /// `uscc,name,industry_code,lon,lat,crs,address,county_code,permit,grade,status`; one firm in seven is declared in
  /// GCJ-02.
  public func enterprisesFile() -> [UInt8] {
    var text = ByteText()
    text.add("uscc,name,industry_code,lon,lat,crs,address,county_code,permit,grade,status\n")
    for (number, source) in sources.enumerated() where source.isRegistered {
      text.add("\(source.id),\(source.name),\(source.industryCode),")
      if number % 7 == 0 {
        let moved = ChinaDatum.gcj02(fromWGS84: source.position)
        addPosition(LonLat(longitude: moved.longitude, latitude: moved.latitude), &text)
        text.add(",gcj02")
      } else {
        addPosition(source.position, &text)
        text.add(",wgs84")
      }
      text.add(",合成地址\(number),\(source.countyCode),,\(source.grade.rawValue),\(status(number: number))\n")
    }
    return text.bytes
  }

  /// `meter_id,uscc,tariff,lon,lat` of firms, workshops and households.
  public func metersFile() -> [UInt8] {
    var text = ByteText()
    text.add("meter_id,uscc,tariff,lon,lat\n")
    for (number, source) in sources.enumerated() {
      guard let meter = source.meter else { continue }
      text.add("\(meter),\(source.isRegistered ? source.id : ""),\(tariff(source, number: number)),")
      addPosition(source.position, &text)
      text.line()
    }
    for number in 0..<options.residential {
      var stream = SyntheticStream(options.seed, 9, number)
      let cell = region.cells[stream.below(region.cells.count)]
      text.add("SYN-H\(number),,residential,")
      addPosition(grid.projection.inverse(region.lattice.centre(of: cell)), &text)
      text.line()
    }
    return text.bytes
  }

  /// `order_id,kind,start,end,scope,limit_percent`.
  public func ordersFile() -> [UInt8] {
    var text = ByteText()
    text.add("order_id,kind,start,end,scope,limit_percent\n")
    for order in orders {
      let scope =
        switch order.scope {
        case .counties(let codes): "county:" + codes.joined(separator: ";")
        case .industries(let codes): "industry:" + codes.joined(separator: ";")
        case .creditCodes(let codes): "uscc:" + codes.joined(separator: ";")
        }
      text.add("\(order.id),\(order.kind.rawValue),\(order.start.iso8601),\(order.end.iso8601),\(scope),")
      text.add(order.limitPercent, 0)
      text.line()
    }
    return text.bytes
  }

  /// Complaints of one day: more where the air is bad, and far more in counties where reporting is rewarded; a part is
  /// unfounded.
  public func complaints(day: Int) -> [(point: PlanePoint, minute: Int, isFounded: Bool)] {
    let dirty = sources.filter { $0.strength > 12 }
    guard !dirty.isEmpty else { return [] }
    var stream = SyntheticStream(options.seed, 12, 0, day)
    var made: [(point: PlanePoint, minute: Int, isFounded: Bool)] = []
    for _ in 0..<max(4, sources.count / 150) {
      let source = dirty[stream.below(dirty.count)]
      let county = region.counties.firstIndex { $0.code == source.countyCode } ?? 0
      // Reporting is seven times as usual in one county of ten.
      guard county % 10 == 3 || stream.unit() < 0.3 else { continue }
      let isFounded = stream.unit() < 0.8
      let point =
        isFounded
        ? PlanePoint(x: source.point.x + 500 * stream.normal(), y: source.point.y + 500 * stream.normal())
        : region.lattice.centre(of: region.cells[stream.below(region.cells.count)])
      made.append((point, stream.below(1440), isFounded))
    }
    return made
  }

  /// `complaint_id,time,lon,lat,category,text`.
  ///
  /// - Parameter days: Of the campaign, from 0; all when left out.
  public func complaintsFile(days: Range<Int>? = nil) -> [UInt8] {
    var text = ByteText()
    text.add("complaint_id,time,lon,lat,category,text\n")
    for day in days ?? 0..<options.days {
      for (number, complaint) in complaints(day: day).enumerated() {
        text.add("SYN-C\(day)-\(number),")
        text.add(options.start.advanced(by: day), minute: complaint.minute)
        text.comma()
        addPosition(grid.projection.inverse(complaint.point), &text)
        text.add(
          complaint.isFounded
            ? ",大气-烟粉尘,合成投诉：附近有烟尘 (synthetic)\n" : ",噪声,合成投诉：夜间噪声 (synthetic)\n")
      }
    }
    return text.bytes
  }

  /// FIRMS columns, times in UTC: burning in the open, and furnaces that are seen again and again.
  ///
  /// - Parameter days: Of the campaign, from 0; all when left out.
  public func firesFile(days: Range<Int>? = nil) -> [UInt8] {
    var text = ByteText()
    text.add(
      "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,instrument,confidence,bright_t31,frp,daynight,type\n"
    )
    let furnaces = sources.filter { $0.industryCode.hasPrefix("31") && $0.strength > 20 }
    for day in days ?? 0..<options.days {
      var stream = SyntheticStream(options.seed, 13, 0, day)
      for number in 0..<12 {
        let isFurnace = number < 4 && !furnaces.isEmpty
        let position =
          isFurnace
          ? furnaces[stream.below(furnaces.count)].position
          : grid.projection.inverse(region.lattice.centre(of: region.cells[stream.below(region.cells.count)]))
        text.add(position.latitude, 4)
        text.comma()
        text.add(position.longitude, 4)
        text.add(",310.0,1.0,1.0,\(options.start.advanced(by: day)),\(isFurnace ? "1742" : "0510"),SYNTHETIC,MODIS,")
        text.add(40 + stream.below(60))
        text.add(",290.0,")
        text.add(3 + 20 * stream.unit(), 1)
        text.add(isFurnace ? ",N,0\n" : ",D,0\n")
      }
    }
    return text.bytes
  }

  // MARK: Truth, which the analysis never reads

  /// `id,name,kind,lon,lat,cell,county_code,behaviour,strength_ugm3,turning_day,meter_id`.
  public func sourcesTruth() -> [UInt8] {
    var text = ByteText()
    text.add("id,name,registered,lon,lat,cell,county_code,behaviour,strength_ugm3,turning_day,meter_id\n")
    for source in sources {
      text.add("\(source.id),\(source.name),\(source.isRegistered ? 1 : 0),")
      addPosition(source.position, &text)
      let cell = region.lattice.cell(at: source.point).map(\.description) ?? ""
      text.add(",\(cell),\(source.countyCode),\(source.behaviour.rawValue),")
      text.add(source.strength, 2)
      text.add(",\(options.start.advanced(by: source.turningDay)),\(source.meter ?? "")\n")
    }
    return text.bytes
  }

  /// `station_id,fault,gain,from`: from is the day from which a lasting fault is there, empty for those that come and go.
  public func faultsTruth() -> [UInt8] {
    var text = ByteText()
    text.add("station_id,fault,gain,from\n")
    let lasting: Set = ["drift", "flat-cut", "spray", "clock-shift", "copied", "gain"]
    for station in stations where station.isMicro {
      text.add("\(station.id),\(station.fault),")
      text.add(station.gain, 4)
      text.comma()
      if lasting.contains(station.fault) { text.add(options.start.advanced(by: faultOnset).description) }
      text.line()
    }
    return text.bytes
  }

  /// `cell,period,increment_ugm3` of the day's cells where sources add at least 5 µg/m³; without header.
  public func hotCellsTruth(_ air: SyntheticAir) -> [UInt8] {
    var text = ByteText()
    let means = air.dailyIncrement
    for (slot, cell) in region.cells.enumerated() where means[slot] >= 5 {
      text.add("\(cell),\(options.start.advanced(by: air.day)),")
      text.add(means[slot], 2)
      text.line()
    }
    return text.bytes
  }
}
