/* What every signed-in page does beyond links and forms: menu, one submit per form, questions before risky actions,
   dialogs, toasts, and clear words when a request fails. Everything works, more plainly, without this file.
   Plain ES2018 for Chromium 83: no ??=, replaceAll or private fields. */
(function () {
  "use strict";

  document.documentElement.classList.add("js");

  function toast(text, level) {
    var box = document.createElement("div");
    box.className = "notice " + (level || "info");
    var words = document.createElement("span");
    words.textContent = text;
    var close = document.createElement("button");
    close.type = "button";
    close.className = "btn-text";
    close.textContent = "知道了";
    close.addEventListener("click", function () { box.remove(); });
    box.append(words, close);
    document.getElementById("toasts").append(box);
    if (level !== "error") {
      window.setTimeout(function () { box.remove(); }, 8000);
    }
  }

  /* Menu on narrow screens. Its button is a link to #menu for browsers without script. */
  function setUpMenu() {
    var opener = document.querySelector(".menu-open");
    var menu = document.getElementById("menu");
    if (!opener || !menu) { return; }
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-expanded", "false");

    function show(open) {
      menu.classList.toggle("open", open);
      document.body.classList.toggle("menu-shown", open);
      opener.setAttribute("aria-expanded", String(open));
      if (open) {
        menu.querySelector(".menu-close").focus();
      } else {
        opener.focus();
      }
    }
    opener.addEventListener("click", function (event) { event.preventDefault(); show(true); });
    opener.addEventListener("keydown", function (event) {
      if (event.key === " ") { event.preventDefault(); show(true); }
    });
    menu.addEventListener("click", function (event) {
      if (event.target === menu || event.target.closest(".menu-close")) { event.preventDefault(); show(false); }
    });
    menu.addEventListener("keydown", function (event) {
      if (!menu.classList.contains("open")) { return; }
      if (event.key === "Escape") { show(false); }
      if (event.key !== "Tab") { return; }
      var stops = Array.from(menu.querySelectorAll("a, button")).filter(function (stop) { return stop.offsetParent; });
      var edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
      if (document.activeElement === edge) {
        event.preventDefault();
        (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
      }
    });
  }

  /* A <details> used as a menu closes on Escape and on a click elsewhere. */
  document.addEventListener("click", function (event) {
    document.querySelectorAll(".account-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && document.querySelector(".account-menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  /* Dialogs: <dialog> holds the focus and closes on Escape by itself. */
  function openDialog(dialog) {
    if (!dialog.open) { dialog.showModal(); }
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      event.target.closest("dialog").close();
    }
    if (event.target.closest("[data-print]")) { window.print(); }
  });

  function ask(question, yes, go) {
    var dialog = document.getElementById("dialog");
    var body = document.getElementById("dialog-body");
    body.innerHTML = '<header><h2 id="dialog-title">请确认</h2></header><div class="in"><p></p></div>' +
      '<footer class="buttons"><button type="button" class="btn btn-line" data-close>返回</button>' +
      '<button type="button" class="btn btn-brand" data-yes></button></footer>';
    body.querySelector("p").textContent = question;
    var button = body.querySelector("[data-yes]");
    button.textContent = yes || "确定";
    button.addEventListener("click", function () { dialog.close(); go(); });
    openDialog(dialog);
  }

  /* Submitting: ask first where the form says so, then let it go once. Capturing, so that htmx obeys too. */
  var asked = new WeakSet();
  function release(form) {
    delete form.dataset.busy;
    form.querySelectorAll("[type=submit]").forEach(function (button) { button.removeAttribute("aria-disabled"); });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var stop = function () { event.preventDefault(); event.stopImmediatePropagation(); };
    if (form.dataset.confirm && !asked.has(form)) {
      var submitter = event.submitter;
      stop();
      ask(form.dataset.confirm, form.dataset.confirmYes, function () {
        asked.add(form);
        form.requestSubmit(submitter && form.contains(submitter) ? submitter : undefined);
        asked.delete(form);
      });
      return;
    }
    if (form.method !== "post" || form.hasAttribute("data-repeat")) { return; }
    if (form.dataset.busy) { stop(); return; }
    form.dataset.busy = "1";
    form.querySelectorAll("[type=submit]").forEach(function (button) { button.setAttribute("aria-disabled", "true"); });
  }, true);
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target.closest && event.target.closest("form");
    if (form) { release(form); }
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { document.querySelectorAll("form[data-busy]").forEach(release); }
  });

  /* Rows chosen for a batch action: [data-check-all] in the head, [data-check] in the rows. */
  document.addEventListener("change", function (event) {
    var box = event.target;
    if (!box.matches("[data-check-all], [data-check]")) { return; }
    var table = box.closest("table");
    var boxes = Array.from(table.querySelectorAll("[data-check]"));
    if (box.matches("[data-check-all]")) {
      boxes.forEach(function (each) { each.checked = box.checked; });
    }
    boxes.forEach(function (each) { each.closest("tr").classList.toggle("chosen", each.checked); });
    var count = boxes.filter(function (each) { return each.checked; }).length;
    document.querySelectorAll("[data-chosen]").forEach(function (note) { note.textContent = "已选 " + count + " 条"; });
  });

  /* A box ticked while its list is being fetched anew: the answer on its way does not know it, so ask again. */
  document.addEventListener("change", function (event) {
    var picker = event.target.closest(".picker");
    var asking = picker && event.target.matches("[type=checkbox]") && picker.querySelector(".htmx-request");
    if (asking) { htmx.trigger(asking, asking.matches("button") ? "click" : "again"); }
  });

  /* htmx */
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb !== "get") { return; }
    var parameters = event.detail.parameters;
    Object.keys(parameters).forEach(function (name) {
      if (parameters[name] === "") { delete parameters[name]; }
    });
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    /* An expired session answers with the sign-in page: say so and leave what was typed where it is. */
    if (event.detail.xhr.responseText.indexOf("data-sign-in") !== -1) {
      event.detail.shouldSwap = false;
      toast("登录已超时，填写的内容还在本页。请在新窗口重新登录，再回到这里继续。", "error");
    }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id === "dialog-body") { openDialog(document.getElementById("dialog")); }
    if (document.activeElement === document.body) {
      var list = document.getElementById("list");
      if (list) { list.focus({ preventScroll: true }); }
    }
  });
  document.addEventListener("htmx:responseError", function (event) {
    var status = event.detail.xhr.status;
    var words = { 403: "您没有这项权限，操作未执行。", 404: "这条记录不存在或已删除，请刷新页面。", 429: "操作太频繁，请稍后再试。" };
    toast(words[status] || "操作没有成功，数据未改动。请稍后再试，仍不行请联系管理员。", "error");
  });
  document.addEventListener("htmx:sendError", function () {
    toast("网络不通，操作未执行。请检查网络后再试。", "error");
  });
  /* The server's words after a partial update: HX-Trigger: {"toast": {"text": …, "level": "success"}} */
  document.addEventListener("toast", function (event) { toast(event.detail.text, event.detail.level); });

  document.addEventListener("DOMContentLoaded", function () {
    setUpMenu();
    var summary = document.querySelector("[data-focus]");
    if (summary) { summary.focus(); }
  });
})();
