from django.urls import path

from imports import views

urlpatterns = [
    path("imports/", views.import_page, name="imports"),
    path("imports/templates/<slug:kind>.xlsx", views.template, name="import-template"),
    path("imports/<int:pk>/", views.upload_page, name="upload"),
    path("imports/<int:pk>/again/", views.check_anew, name="upload-again"),
    path("imports/<int:pk>/commit/", views.commit_upload, name="upload-commit"),
    path("imports/<int:pk>/scope/", views.say_scope, name="upload-scope"),
    path("imports/<int:pk>/what/", views.say_what, name="upload-what"),
    path("imports/<int:pk>/reading/", views.reading_page, name="upload-reading"),
    path("imports/<int:pk>/sheets/<int:number>/", views.sheet_page, name="upload-sheet"),
    path("imports/corrections/<int:pk>/forget/", views.forget, name="correction-forget"),
    path("imports/<int:pk>/submit/", views.submit_upload, name="upload-submit"),
    path("imports/<int:pk>/reverse/", views.reverse_upload, name="upload-reverse"),
    path("imports/<int:pk>/vouchers/", views.say_same_voucher, name="upload-vouchers"),
    path("imports/<int:pk>/undo/", views.undo_upload, name="upload-undo"),
    path("imports/<int:pk>/marked/", views.marked_workbook, name="upload-marked"),
]
