import base64
import io
from datetime import timedelta

from PIL import Image, ImageDraw

from odoo import api, fields, models

from odoo.addons.om_base.tools import beijing

# Invented: prices, devices in the field, failures a year, stock, of which in a van.
PARTS = {
    "1_01": (1680.0, 620, 0.04, 8, 2),
    "1_02": (420.0, 620, 0.05, 14, 4),
    "1_03": (2380.0, 900, 0.03, 10, 0),
    "1_04": (1980.0, 540, 0.03, 6, 0),
    "1_05": (5040.0, 60, 0.05, 2, 0),
    "1_06": (6300.0, 40, 0.04, 1, 0),
    "1_07": (1260.0, 1400, 0.06, 30, 6),
    "2_01": (860.0, 180, 0.06, 9, 2),
    "2_02": (180.0, 260, 0.25, 12, 4),
    "2_03": (12600.0, 40, 0.03, 2, 0),
    "2_04": (7200.0, 150, 0.05, 5, 1),
    "2_05": (9600.0, 160, 0.04, 4, 0),
    "2_06": (640.0, 60, 0.08, 3, 0),
    "066_01": (2860.0, 0, 0.0, 10, 0),
    "066_02": (1180.0, 0, 0.0, 10, 0),
}
# What has come today with this delivery note; the rest has been there for long.
RECEIVED = ("1_06", "2_06")
DELIVERY_NOTE = "示例送货单 01"
# Number of the device, name, place, first day in use.
DEVICES = (
    ("01", "车辆卡口摄像机 甲01", "示例小区东门", "2021-04-12"),
    ("02", "车辆卡口摄像机 甲02", "示例小区西门", "2021-04-12"),
    ("03", "补光灯 甲03", "示例小区东门", "2022-06-01"),
    ("04", "NVR硬盘录像机 甲04", "示例小区值班室", "2020-09-15"),
    ("05", "社区人脸抓拍机 甲05", "示例小区南门", "2021-11-08"),
    ("06", "车辆卡口摄像机 甲06", "示例花园北门", "2021-04-12"),
)
# Part, device, quantity, how far it got, days ago, why, what was tried.
REQUESTS = (
    ("1_01", "06", 1, "installed", 52, "主板雷击损坏", "更换电源模块后仍不启动"),
    (
        "1_02",
        "03",
        2,
        "installed",
        38,
        "灯珠批量失效，无法单独更换",
        "更换驱动电源无效",
    ),
    ("1_07", "04", 2, "installed", 24, "硬盘坏道持续增加", "重建阵列两次均失败"),
    ("1_04", "05", 1, "issued", 3, "镜头模组进水", "烘干后成像仍有水雾"),
    ("1_01", "02", 1, "confirmed", 2, "传感器损坏，图像全黑", "更换线缆、重刷固件无效"),
    ("1_07", "04", 1, "confirmed", 1, "硬盘无法识别", "更换盘位及数据线无效"),
    ("1_02", "03", 1, "half", 1, "外壳开裂，防水失效", "打胶密封后再次进水"),
    ("1_01", "01", 1, "asked", 0, "电源板烧毁", "更换保险后再次烧毁"),
    ("1_03", None, 1, "refused", 12, "画面偏色", "调整白平衡后改善不明显"),
    ("1_05", None, 1, "cancelled", 9, "立柱被撞变形", "现场校正立柱"),
    ("1_06", "04", 1, "draft", 0, "主板故障，频繁重启", "更换内存后仍重启"),
)
REFUSAL = "建议先由厂家调试，暂不更换。"
# A list that is used up before the contract ends, hence settled before.
SETTLED = (
    ("066_01", None, 4, "installed", 96, "探头进水，读数漂移", "清洗、校准后仍漂移"),
    ("066_02", None, 5, "installed", 90, "模块无法注册网络", "更换 SIM 卡及天线无效"),
    ("066_01", None, 6, "installed", 61, "线缆破损，无信号输出", "分段检查，内部断线"),
    ("066_02", None, 5, "installed", 33, "雷击后无法上电", "更换保险后再次烧毁"),
)
IN_USE_SINCE = "2020-06-01"
SETTLED_NOTE = "清单所列备件已全部用完，提前结算（示例）。"
# Days ago.
SETTLED_ON = 2


class OmSpareHistory(models.AbstractModel):
    """What has happened in the store."""

    _name = "om.spare.history"
    _inherit = "om.demo"
    _description = "Invented History of Spare Parts"

    @api.model
    def _play(self):
        """Fill store and vans, then let requests get as far as each shall."""
        self._fill_store()
        self._invent_devices()
        for row in (*SETTLED, *REQUESTS):
            self._walk(*row)
        self._issue_in_emergency()
        bought = self._as("procurement")
        bought._settle()
        bought._swap()
        bought._judge()
        self._plan_forward()
        self.env["om.spare.readiness"]._refresh()

    @api.model
    def _quota(self, number):
        return self.env.ref(f"om_engagements.spare_quota_{number}")

    @api.model
    def _fill_store(self):
        """Prices, failures and stock; serial numbers for the cameras."""
        warehouse = self.env.ref("om_engagements.warehouse_shunyi")
        van = self.env.ref("om_demo.demo_spare_van_1")
        supplier = self.env.ref("om_demo.demo_partner_subcontractor")
        Quant = self.env["stock.quant"]
        for number, (price, devices, rate, stock, in_van) in PARTS.items():
            quota = self._quota(number)
            quota.write({"price_unit": price, "device_count": devices})
            product = quota.product_id
            product.write(
                {
                    "spare_failure_rate": rate,
                    # What the store paid: four fifths of what the purchaser pays.
                    "standard_price": round(price * 0.8, 2),
                    "seller_ids": [
                        fields.Command.create(
                            {"partner_id": supplier.id, "delay": 10, "price": price}
                        )
                    ],
                }
            )
            for place, count in (
                (warehouse.lot_stock_id, stock - in_van),
                (van, in_van),
            ):
                if not count or number in RECEIVED:
                    continue
                if number != "1_01":
                    Quant._update_available_quantity(product, place, count)
                    continue
                product.tracking = "serial"
                for index in range(count):
                    lot = self.env["stock.lot"].create(
                        {
                            "name": f"DEMO-KK-{place.id:03}{index + 1:02}",
                            "product_id": product.id,
                        }
                    )
                    Quant._update_available_quantity(product, place, 1, lot_id=lot)
        self._receive(warehouse, supplier)
        battery = self._quota("2_02").product_id
        battery.write({"spare_check_days": 90, "spare_check_battery": True})
        now = fields.Datetime.now()
        Quant.search([("product_id", "=", battery.id)]).in_date = now - timedelta(
            days=100
        )

    @api.model
    def _receive(self, warehouse, supplier):
        """What the supplier brings is received as the clerk does."""
        self.env["om.spare.receipt"].create(
            {
                "location_id": warehouse.lot_stock_id.id,
                "partner_id": supplier.id,
                "note": DELIVERY_NOTE,
                "line_ids": [
                    fields.Command.create(
                        {
                            "product_id": self._quota(number).product_id.id,
                            "quantity": PARTS[number][3],
                        }
                    )
                    for number in RECEIVED
                ],
            }
        ).action_receive()

    @api.model
    def _invent_devices(self):
        system = self._quota("1_01").system_id
        for number, name, place, since in DEVICES:
            device = self.env["maintenance.equipment"].create(
                {
                    "name": name,
                    "serial_no": f"DEMO-023-{number}",
                    "system_id": system.id,
                    "location": place,
                    "effective_date": since,
                    "install_date": since,
                }
            )
            self._remember(device, f"demo_spare_device_{number}")

    @api.model
    def _remember(self, record, name):
        """Give an invented record its external id."""
        self.env["ir.model.data"].create(
            {
                "module": "om_demo",
                "name": name,
                "model": record._name,
                "res_id": record.id,
                "noupdate": True,
            }
        )

    @api.model
    def _ask(self, number, device, quantity, why, tried):
        """A request of the engineer, as a draft."""
        quota = self._quota(number)
        equipment = device and self.env.ref(f"om_demo.demo_spare_device_{device}")
        return (
            self.env["om.spare.request"]
            .with_user(self._user("engineer"))
            .create(
                {
                    "system_id": quota.system_id.id,
                    "equipment_id": equipment.id if equipment else False,
                    "quota_id": quota.id,
                    "quantity": quantity,
                    "beyond_repair": why,
                    "repair_tried": tried,
                    "photo_ids": [
                        fields.Command.create(
                            {"name": "现场照片.png", "datas": self._draw_photo()}
                        )
                    ],
                    "repair_ids": [
                        fields.Command.create(
                            {
                                "name": tried,
                                "outcome": "failed",
                                "hours": 1.5,
                                "cost": 60.0 * quantity,
                            }
                        )
                    ],
                }
            )
        )

    @api.model
    def _walk(self, number, device, quantity, state, days, why, tried):
        """Let a request get as far as ``state``; it began ``days`` ago."""
        request = self._ask(number, device, quantity, why, tried)
        if state == "draft":
            return
        request.action_ask()
        if state == "refused":
            request.with_user(self._user("purchaser")).action_refuse(REFUSAL)
        if state == "cancelled":
            request.action_cancel("立柱已由社区修复")
        if state in ("half", "confirmed", "issued", "installed"):
            request.with_user(self._user("purchaser")).action_confirm()
        if state in ("confirmed", "issued", "installed"):
            request.with_user(self._user("supervisor")).action_confirm()
        if state in ("issued", "installed"):
            self._issue(request)
        if state == "installed":
            request._install()
        self._date_back(request.sudo(), days)

    @api.model
    def _issue(self, request):
        source = request.list_id.warehouse_id.lot_stock_id
        lots = self.env["stock.lot"]
        if request.product_id.tracking == "serial":
            lots = lots.search(
                [
                    ("product_id", "=", request.product_id.id),
                    ("location_id", "=", source.id),
                ],
                limit=request.quantity,
            )
        request.with_user(self._user("warehouse")).action_issue(lots)

    @api.model
    def _date_back(self, request, days):
        """Move what has happened to when it would have."""
        asked = fields.Datetime.now() - timedelta(days=days, hours=3)
        times = {
            "asked_at": asked,
            "confirmed_at": asked + timedelta(hours=2),
            "issued_at": asked + timedelta(hours=6),
            "installed_at": asked + timedelta(hours=9),
        }
        now = fields.Datetime.now()
        request.write(
            {name: min(day, now) for name, day in times.items() if request[name]}
        )
        request.confirmation_ids.write(
            {"decided_at": min(asked + timedelta(hours=1), now)}
        )
        if request.installed_at:
            request.dismantled_ids.write({"date": request.installed_at.date()})
            request.repair_ids.write({"date": asked.date()})

    @api.model
    def _issue_in_emergency(self):
        """In a key period a part goes first and is confirmed afterwards."""
        request = self._ask("2_01", None, 1, "路口黄闪灯被撞毁", "现场更换控制板无效")
        if request._is_key_period():
            request.with_user(self._user("warehouse")).action_issue_emergency()

    @api.model
    def _swap(self):
        """One swap that was agreed, one that waits for the purchaser."""
        for given, taken, reason, agreed in (
            (("1_05", 1), ("1_07", 4), "硬盘故障集中，门禁设备余量充足。", True),
            (("1_06", 1), ("1_02", 15), "补光灯损耗高于预期。", False),
        ):
            first, second = self._quota(given[0]), self._quota(taken[0])
            swap = self.env["om.spare.swap"].create(
                {
                    "list_id": first.list_id.id,
                    "reason": reason,
                    "line_ids": [
                        fields.Command.create(
                            {"side": side, "quota_id": quota.id, "quantity": quantity}
                        )
                        for side, quota, quantity in (
                            ("given", first, given[1]),
                            ("taken", second, taken[1]),
                        )
                    ],
                }
            )
            swap.action_ask()
            if agreed:
                swap.with_user(self._user("purchaser")).action_agree()

    @api.model
    def _settle(self):
        """One settlement that waits for the supervisor."""
        spare_list = self._quota(SETTLED[0][0]).list_id
        self.env["om.dismantled.part"].search(
            [("request_id.list_id", "=", spare_list.id)]
        ).in_use_since = IN_USE_SINCE
        settlement = self.env["om.spare.settlement"].create(
            {"list_id": spare_list.id, "note": SETTLED_NOTE}
        )
        settlement.action_submit()
        moment = fields.Datetime.now() - timedelta(days=SETTLED_ON)
        settlement.write({"drawn_up_on": moment, "submitted_on": moment})

    @api.model
    def _judge(self):
        """A product of another brand that is no worse than the listed lamp."""
        other = self.env["product.product"].create(
            {
                "name": "补光灯（示例替代型号）",
                "default_code": "BJ-DEMO-01",
                "type": "consu",
                "is_storable": True,
                "sale_ok": False,
            }
        )
        self.env["om.spare.compatibility"].create(
            {
                "quota_id": self._quota("2_06").id,
                "product_id": other.id,
                "judged_by_id": self._user("procurement").id,
                "line_ids": [
                    fields.Command.create(values)
                    for values in (
                        {
                            "name": "光源",
                            "required_value": "LED，16颗",
                            "offered_value": "LED，18颗",
                            "deviation": "positive",
                        },
                        {
                            "name": "防护等级",
                            "required_value": "IP65",
                            "offered_value": "IP65",
                            "deviation": "none",
                        },
                    )
                ],
            }
        )

    @api.model
    def _plan_forward(self):
        """What has to be in a van in the key period that runs or comes next."""
        today = beijing.today()
        period = self.env["om.key.period"].search(
            [("date_end", ">=", today)], order="date_start", limit=1
        )
        van = self.env.ref("om_demo.demo_spare_van_2")
        period.spare_plan_ids = [
            fields.Command.create(
                {
                    "product_id": self._quota(number).product_id.id,
                    "location_id": van.id,
                    "quantity": quantity,
                }
            )
            for number, quantity in (("1_02", 3), ("2_01", 2))
            if period
        ]

    @api.model
    def _draw_photo(self):
        """A plain picture in the place of a photo."""
        image = Image.new("RGB", (320, 220), "#d7dde3")
        pen = ImageDraw.Draw(image)
        pen.rectangle((90, 60, 230, 140), fill="#4a5560")
        pen.ellipse((130, 70, 190, 130), fill="#1e242a")
        pen.line((60, 200, 260, 30), fill="#c0392b", width=5)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return base64.b64encode(buffer.getvalue())
